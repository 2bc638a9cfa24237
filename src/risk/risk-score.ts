export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CRITICALITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** Both from 1 to 5. */
export interface Likelihood {
  readonly probability: number;
  readonly impact: number;
}

/** Raised when the rule changes, so that a stored score can be told from one that is computed anew. */
export const SCORE_METHOD = {
  name: 'probability-impact-criticality',
  version: 1,
  formula: 'probability x impact x mean factor of the assets (1 without), two decimals, half up',
} as const;

export const CRITICALITY_FACTORS: Readonly<Record<Criticality, number>> = {
  LOW: 0.8,
  MEDIUM: 1,
  HIGH: 1.25,
  CRITICAL: 1.5,
};

/** The lowest score of each severity, in two decimals at most; LOW begins at 0, each other one above the one before. */
export type SeverityThresholds = Readonly<Record<Severity, number>>;

/** Of a tenant that has chosen none. */
export const DEFAULT_THRESHOLDS: SeverityThresholds = { LOW: 0, MEDIUM: 10, HIGH: 15, CRITICAL: 20 };

/** The scores that ratings and assets can lead to. */
export const SCORE_RANGE = { min: 0.8, max: 37.5 } as const;

/** What the dashboard calls a high risk has this score or more, whatever the thresholds: so tenants and times compare. */
export const HIGH_RISK_SCORE = 15;

/** Twentieths make every factor a whole number: nothing is lost before the one rounding at the end. */
const TWENTIETHS = 20;

/**
 * Score of a risk: probability x impact x mean criticality factor of its assets (1 without assets), rounded half up to
 * two decimals: 0.8 to 37.5.
 */
export function riskScore({ probability, impact }: Likelihood, assets: readonly Criticality[]): number {
  const count = Math.max(1, assets.length);
  const factorSum = assets.length === 0 ? TWENTIETHS : sumOfTwentieths(assets);
  const hundredths = probability * impact * factorSum * (100 / TWENTIETHS);
  return Math.floor((2 * hundredths + count) / (2 * count)) / 100;
}

/** Mean of the factors, to four decimals; for showing, never for computing. */
export function meanFactor(assets: readonly Criticality[]): number {
  if (assets.length === 0) return 1;
  return Math.round((sumOfTwentieths(assets) / TWENTIETHS / assets.length) * 10_000) / 10_000;
}

export function severityOf(score: number, thresholds: SeverityThresholds): Severity {
  return SEVERITIES.findLast((severity) => score >= thresholds[severity]) ?? 'LOW';
}

function sumOfTwentieths(assets: readonly Criticality[]): number {
  return assets.reduce((sum, criticality) => sum + Math.round(CRITICALITY_FACTORS[criticality] * TWENTIETHS), 0);
}
