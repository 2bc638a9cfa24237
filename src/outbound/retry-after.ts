const LONGEST_SECONDS = 86_400;

/** Retry-After in seconds, of its two forms (seconds, a date of HTTP); at most a day, undefined when it is neither. */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(header) ? Number(header) : Math.ceil((httpDateMs(header) - nowMs) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), LONGEST_SECONDS);
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms are not read. */
function httpDateMs(text: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN;
}
