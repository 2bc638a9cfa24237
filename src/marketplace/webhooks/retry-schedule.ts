const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** As Standard Webhooks recommends: after each failed attempt, how long until the next. Three days in all. */
const DELAYS_MS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR],
  ...[10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];
/** So that a receiver that comes back is not met by everything at once. */
const JITTER = 0.1;
const LONGEST_PAUSE_MS = 24 * HOUR;

export const MOST_ATTEMPTS = DELAYS_MS.length + 1;

/**
 * When a delivery is tried next.
 *
 * @param failed attempts, this one among them: 1 or more
 * @param retryAfterSeconds what the receiver has asked for; it is waited for at least, but a day at most
 * @param random 0 to 1
 * @returns undefined when it is given up
 */
export function nextAttemptAt(
  failed: number,
  now: Date,
  retryAfterSeconds = 0,
  random = Math.random(),
): Date | undefined {
  const delayMs = DELAYS_MS[failed - 1];
  if (delayMs === undefined) return undefined;
  const withJitterMs = delayMs * (1 + JITTER * random);
  return new Date(now.getTime() + Math.max(withJitterMs, Math.min(retryAfterSeconds * SECOND, LONGEST_PAUSE_MS)));
}

/** Until when a receiver that asks for it is left alone. */
export function pauseUntil(retryAfterSeconds: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(retryAfterSeconds * SECOND, LONGEST_PAUSE_MS));
}
