import { Choice, Decimal, Instant, Integer, Nested, NestedList } from '../../http/fields.decorator';
import { PERIODS, type Period } from '../../http/period';
import { RiskScoreResponse } from '../risk-score.dto';
import { scoreChange, STABLE_WITHIN, trendOfChange, TRENDS, type Trend } from './score-trend';

export const MOST_POINTS = 200;

const score = { min: 0, max: 37.5 };

export class ScoreQuery {
  @Choice(PERIODS, {
    optional: true,
    about: 'How far back the series goes: 7, 30, 90 or 365 days before today (UTC), or all.',
    example: 'all',
  })
  period: Period = 'all';
}

class ScorePoint {
  @Integer({ min: 1, max: 2_147_483_647, about: 'Of the risk, in its history.', example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  at!: string;

  @Decimal({ ...score, example: 18.75 })
  score!: number;

  @Decimal({ ...score, nullable: true, example: 10 })
  residualScore!: number | null;
}

class ScoreTrend {
  @Choice(TRENDS, { about: `STABLE while the change is at most ${STABLE_WITHIN} up or down.`, example: 'STABLE' })
  direction!: Trend;

  @Decimal({ min: -37.5, max: 37.5, about: 'The score now minus the score at the start of the period.', example: 0 })
  change!: number;

  @Instant({ about: 'Since when the risk had the score that is compared with.', example: '2026-06-30T12:00:00.000Z' })
  since!: string;
}

/** The score as it is, and how it came to be so over time. */
export class ExplainedScoreResponse extends RiskScoreResponse {
  @NestedList(() => ScorePoint, {
    min: 1,
    maxItems: MOST_POINTS,
    about: `One point per change of a score, oldest first, from the one that stood when the period began; the last ${MOST_POINTS}.`,
  })
  series!: ScorePoint[];

  @Nested(() => ScoreTrend)
  trend!: ScoreTrend;
}

/** @param points all that the trend goes by, oldest first; at least one */
export function toExplainedScore(
  explanation: RiskScoreResponse,
  points: readonly ScorePoint[],
): ExplainedScoreResponse {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) throw new Error('A risk has no history');
  const change = scoreChange(first.score, last.score);
  return {
    ...explanation,
    series: points.slice(-MOST_POINTS),
    trend: { direction: trendOfChange(change), change, since: first.at },
  };
}
