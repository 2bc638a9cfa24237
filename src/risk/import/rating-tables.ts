import type { Rating } from './import-row';

/*
 * Every place where a foreign word or number becomes a rating of 1 to 5. The reasoning is repeated for users in
 * docs/import.md; change both together.
 */

/**
 * A risk must have ratings. What the file did not rate is kept, because losing a known risk is worse than an
 * approximate one, but as a draft in the middle of the scale and with a tag, so that somebody rates it.
 */
export const UNRATED = { rating: 3, status: 'DRAFT', tag: 'unrated' } as const;

/** Severity of a finding says what happens if it is exploited, so it is the impact. */
const severityImpact = new Map<string, Rating>([
  ['info', 1],
  ['informational', 1],
  ['information', 1],
  ['low', 2],
  ['medium', 3],
  ['moderate', 3],
  ['high', 4],
  ['critical', 5],
]);

/**
 * EPSS is the probability of exploitation in the next 30 days. It is very skewed (most CVEs are below 1 %), hence steps
 * by powers of ten: the first line whose share is reached gives the probability.
 */
const epssProbability: readonly (readonly [share: number, probability: Rating])[] = [
  [0.5, 5],
  [0.1, 4],
  [0.01, 3],
  [0.001, 2],
  [0, 1],
];

/** Exploitation that has been seen outweighs any forecast; in ransomware campaigns it is mass exploitation. */
const seenExploitation = { inTheWild: 4, byRansomware: 5 } as const;

/** Neither forecast nor evidence: possible. */
const unknownExploitation: Rating = 3;

/** A catalogue of exploited vulnerabilities lists only what its authority calls a significant risk; it has no severity. */
const cataloguedImpact = { exploited: 4, byRansomware: 5 } as const;

export function impactOfSeverity(severity: string): Rating | undefined {
  return severityImpact.get(severity.trim().toLowerCase());
}

export const KNOWN_SEVERITIES = [...severityImpact.keys()].join(', ');

export interface Exploitation {
  readonly seen: boolean;
  readonly byRansomware: boolean;
  /** 0 to 1 */
  readonly epss?: number;
}

/** How likely a vulnerability is to be exploited, and whether anything is known about it at all. */
export function probabilityOf({ seen, byRansomware, epss }: Exploitation): { probability: Rating; assumed: boolean } {
  if (byRansomware) return { probability: seenExploitation.byRansomware, assumed: false };
  const forecast = epss === undefined ? undefined : epssProbability.find(([share]) => epss >= share)?.[1];
  if (seen) return { probability: atLeast(seenExploitation.inTheWild, forecast), assumed: false };
  return { probability: forecast ?? unknownExploitation, assumed: forecast === undefined };
}

function atLeast(floor: Rating, rating: Rating = floor): Rating {
  return rating > floor ? rating : floor;
}

export function cataloguedRatings(byRansomware: boolean): { probability: Rating; impact: Rating } {
  return byRansomware
    ? { probability: seenExploitation.byRansomware, impact: cataloguedImpact.byRansomware }
    : { probability: seenExploitation.inTheWild, impact: cataloguedImpact.exploited };
}
