import { daysBefore } from '../../http/period';
import type { RegisterEvents } from '../../risk/statistics/risk-statistics.reader';
import type { MitigationsDone } from '../../risk/mitigations/mitigation-statistics.reader';
import { firstDay } from '../days/register-day';

export interface TimelineDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly created: number;
  readonly statusChanges: number;
  readonly mitigationsDone: number;
  readonly acceptances: number;
}

/** One per day, also where nothing happened; none from before the first risk, or the first that was done for others. */
export function timelineOf(
  { events, began }: { readonly events: readonly RegisterEvents[]; readonly began: string | null },
  done: readonly MitigationsDone[],
  from: string,
  today: string,
): TimelineDay[] {
  const first = [began, ...done.map(({ day }) => day)].filter((day) => day !== null).sort()[0];
  if (first === undefined) return [];
  const eventsOn = new Map(events.map((event) => [event.day, event]));
  const doneOn = new Map(done.map((each) => [each.day, each.done]));
  const days: TimelineDay[] = [];
  for (let date = firstDay(first, from, today); date <= today; date = daysBefore(date, -1)) {
    const { created = 0, statusChanges = 0, accepted = 0 } = eventsOn.get(date) ?? {};
    days.push({ date, created, statusChanges, mitigationsDone: doneOn.get(date) ?? 0, acceptances: accepted });
  }
  return days;
}
