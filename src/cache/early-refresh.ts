import type { StoredEntry } from './store';

/** Beyond this many load times before the end the odds are below one in two million. */
const FACTOR_OF_INTEREST = 15;

/**
 * XFetch: whether this reader is to load anew what is still good, so that it never expires under load. The odds grow
 * towards the end, over a span that fits how long the load takes.
 *
 * @param random above 0, at most 1
 */
export function isDueEarly({ expiresAt, loadMs }: StoredEntry, nowMs: number, random: number): boolean {
  const remainingMs = expiresAt - nowMs;
  if (remainingMs > loadMs * FACTOR_OF_INTEREST) return false;
  return -Math.log(random) * loadMs >= remainingMs;
}
