import { daysBefore } from '../../http/period';

/** A change is dated when it is made and seen when it is committed: by then nothing is still on its way into a day. */
const DAYS_TO_SETTLE = 2;

/** The last day whose history is certain not to change any more. */
export function lastSettledDay(today: string): string {
  return daysBefore(today, DAYS_TO_SETTLE + 1);
}
