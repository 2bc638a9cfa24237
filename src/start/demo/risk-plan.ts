import { RISK_STATUSES, type RiskStatus } from '../../risk/lifecycle/risk-lifecycle';
import type { Severity } from '../../risk/risk-score';
import type { Random } from './random';

/** What a risk of the demo has to become, and the way it takes. */
export interface RiskPlan {
  /** The last one is its status today. */
  readonly path: readonly RiskStatus[];
  readonly severity: Severity;
  readonly ageDays: number;
  readonly deleted: boolean;
}

/** How many risks of each status the demo has, besides one of every severity. */
const counts: Readonly<Record<RiskStatus, number>> = {
  DRAFT: 26,
  IDENTIFIED: 51,
  ASSESSED: 66,
  TREATMENT_PLANNED: 56,
  IN_TREATMENT: 96,
  MITIGATED: 76,
  ACCEPTED: 36,
  CLOSED: 141,
  REOPENED: 16,
};

const severityWeights: Readonly<Record<Severity, number>> = { LOW: 30, MEDIUM: 34, HIGH: 22, CRITICAL: 14 };

/** Youngest and oldest, in days: what has come far has been here for long. The oldest make the 18 months. */
const ages: Readonly<Record<RiskStatus, readonly [number, number]>> = {
  DRAFT: [1, 45],
  IDENTIFIED: [2, 90],
  ASSESSED: [8, 200],
  TREATMENT_PLANNED: [15, 260],
  IN_TREATMENT: [30, 420],
  MITIGATED: [70, 547],
  ACCEPTED: [60, 547],
  CLOSED: [45, 547],
  REOPENED: [120, 547],
};

const planned: readonly RiskStatus[] = ['DRAFT', 'IDENTIFIED', 'ASSESSED', 'TREATMENT_PLANNED'];
const treated: readonly RiskStatus[] = [...planned, 'IN_TREATMENT'];
const mitigated: readonly RiskStatus[] = [...treated, 'MITIGATED'];
const accepted: readonly RiskStatus[] = [...treated, 'ACCEPTED'];

/** Ways that end in a status; the first is taken most often. */
const paths: Readonly<Record<RiskStatus, readonly (readonly RiskStatus[])[]>> = {
  DRAFT: [['DRAFT']],
  IDENTIFIED: [['DRAFT', 'IDENTIFIED']],
  ASSESSED: [
    ['DRAFT', 'IDENTIFIED', 'ASSESSED'],
    [...planned, 'ASSESSED'],
  ],
  TREATMENT_PLANNED: [planned, [...treated, 'TREATMENT_PLANNED']],
  IN_TREATMENT: [treated, [...mitigated, 'IN_TREATMENT'], [...accepted, 'IN_TREATMENT']],
  MITIGATED: [mitigated, [...mitigated, 'IN_TREATMENT', 'MITIGATED']],
  ACCEPTED: [accepted],
  CLOSED: [
    [...mitigated, 'CLOSED'],
    [...accepted, 'CLOSED'],
    ['DRAFT', 'IDENTIFIED', 'CLOSED'],
    ['DRAFT', 'CLOSED'],
  ],
  REOPENED: [
    [...mitigated, 'CLOSED', 'REOPENED'],
    ['DRAFT', 'IDENTIFIED', 'ASSESSED', 'CLOSED', 'REOPENED'],
  ],
};

const deletedRisks = 18;

/** In an order of its own, so that neighbours in the register have nothing in common. */
export function planRisks(random: Random): RiskPlan[] {
  const live = RISK_STATUSES.flatMap((status) => [
    ...(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const).map((severity) => planRisk(random, status, severity, false)),
    ...Array.from({ length: counts[status] }, () => planRisk(random, status, random.weighted(severityWeights), false)),
  ]);
  const deleted = Array.from({ length: deletedRisks }, () =>
    planRisk(
      random,
      random.pick(['DRAFT', 'IDENTIFIED', 'ASSESSED', 'CLOSED']),
      random.weighted(severityWeights),
      true,
    ),
  );
  return random.shuffled([...live, ...deleted]);
}

function planRisk(random: Random, status: RiskStatus, severity: Severity, deleted: boolean): RiskPlan {
  const [usual] = paths[status];
  const path = usual && random.happens(0.65) ? usual : random.pick(paths[status]);
  return { path, severity, ageDays: random.integer(...ages[status]), deleted };
}
