export const TRENDS = ['INCREASING', 'DECREASING', 'STABLE'] as const;
export type Trend = (typeof TRENDS)[number];

/** A score may move by as much as this, up or down, and is still called stable. */
export const STABLE_WITHIN = 0.5;

/** Both scores have two decimals, and so has their difference, but for the noise of binary fractions. */
export function scoreChange(from: number, to: number): number {
  return Math.round((to - from) * 100) / 100;
}

export function trendOfChange(change: number): Trend {
  if (Math.abs(change) <= STABLE_WITHIN) return 'STABLE';
  return change > 0 ? 'INCREASING' : 'DECREASING';
}
