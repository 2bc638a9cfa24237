/** What a run has done and found. */
export interface Tally {
  readonly steps: number;
  readonly compared: number;
  readonly hits: number;
  /** By operation: how often it was tried, and how often it succeeded. */
  readonly writes: Map<string, { tried: number; made: number }>;
  readonly differences: string[];
}

export function toldOf({ steps, compared, hits, writes }: Tally): string {
  const counts = [...writes].map(([name, { tried, made }]) => `${name} ${made}/${tried}`).sort();
  return `${steps} writes, ${compared} comparisons, ${hits} of them hits\n  made of tried: ${counts.join(', ')}`;
}

/** One of so many. One of four is usual; fewer when some of thirty writes happen to make everything old. */
const LEAST_HITS = 20;

/** Differences, and what would make a run without any mean nothing. */
export function tallyProblems({ steps, compared, hits, writes, differences }: Tally): string[] {
  const problems = [...differences];
  if (hits < compared / LEAST_HITS) problems.push(`Only ${hits} of ${compared} comparisons were hits`);
  const never = steps < 2_000 ? [] : [...writes].filter(([, { made }]) => made === 0).map(([name]) => name);
  if (never.length > 0) problems.push(`Never succeeded: ${never.join(', ')}`);
  return problems;
}
