export const PERIODS = ['week', 'month', 'quarter', 'year', 'all'] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const daysOf: Readonly<Record<Exclude<Period, 'all'>, number>> = { week: 7, month: 30, quarter: 90, year: 365 };

/** The current UTC day, YYYY-MM-DD. What depends on it takes it as an argument, so that it becomes part of a cache key. */
export function utcToday(): string {
  return new Date().toISOString().slice(0, 10);
}

/**
 * The day, YYYY-MM-DD, at whose start (UTC) a period that includes today began; undefined for all time. A number of days
 * and not a calendar month, so that two months in a row are compared over the same length.
 */
export function periodStart(period: Period, today: string): string | undefined {
  return period === 'all' ? undefined : daysBefore(today, daysOf[period]);
}

/** The day that many days earlier, or later for a negative number. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
