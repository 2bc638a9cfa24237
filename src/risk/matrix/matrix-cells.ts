import { riskScore, severityOf, type Severity, type SeverityThresholds } from '../risk-score';

/** What the register has of one combination of ratings. */
export interface RatedRisks {
  readonly probability: number;
  readonly impact: number;
  readonly count: number;
  readonly riskIds: readonly string[];
}

export interface MatrixCell extends RatedRisks {
  readonly severity: Severity;
  readonly href: string;
}

const ratings = [1, 2, 3, 4, 5];

/** All 25 cells, by probability and impact, each with the link to the list that it counts. */
export function matrixCells(
  found: readonly RatedRisks[],
  thresholds: SeverityThresholds,
  createdSince: string | null,
): MatrixCell[] {
  const known = new Map(found.map((cell) => [`${cell.probability} ${cell.impact}`, cell]));
  return ratings.flatMap((probability) =>
    ratings.map((impact) => {
      const { count, riskIds } = known.get(`${probability} ${impact}`) ?? { count: 0, riskIds: [] };
      const severity = severityOf(riskScore({ probability, impact }, []), thresholds);
      return { probability, impact, severity, count, riskIds, href: listOf(probability, impact, createdSince) };
    }),
  );
}

function listOf(probability: number, impact: number, createdSince: string | null): string {
  const since = createdSince === null ? '' : `&createdSince=${createdSince}`;
  return `/api/v1/risks?probability=${probability}&impact=${impact}${since}`;
}
