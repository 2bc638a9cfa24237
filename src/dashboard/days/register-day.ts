import { daysBefore } from '../../http/period';
import type { RegisterHistory, RiskTally } from '../../risk/statistics/risk-statistics.reader';

/** The register at the end of a day, and what happened in it. */
export interface RegisterDay {
  /** YYYY-MM-DD, in UTC. */
  readonly day: string;
  /** Those without risks are left out; by severity and status. */
  readonly tallies: readonly RiskTally[];
  readonly created: number;
  readonly closed: number;
}

/**
 * The register at the end of every day from `from` to `today`: what it is now, with the changes taken back one day after
 * the other. Days before the first risk are left out: nobody knows what the register was like then.
 */
export function registerDays(
  { now, changes, events, began }: RegisterHistory,
  from: string,
  today: string,
): RegisterDay[] {
  if (began === null) return [];
  const changesOn = new Map<string, RiskTally[]>();
  for (const change of changes) changesOn.set(change.day, [...(changesOn.get(change.day) ?? []), change]);
  const eventsOn = new Map(events.map((event) => [event.day, event]));
  const state = new Map(now.map((tally) => [groupOf(tally), tally]));
  const days: RegisterDay[] = [];
  for (let day = today; day >= firstDay(began, from, today); day = daysBefore(day, 1)) {
    const { created = 0, closed = 0 } = eventsOn.get(day) ?? {};
    days.push({ day, tallies: talliesIn(state), created, closed });
    for (const change of changesOn.get(day) ?? []) takeBack(state, change);
  }
  return days.reverse();
}

/** A database whose clock is past midnight already may say that the register began tomorrow. */
export function firstDay(began: string, from: string, today: string): string {
  return began <= from ? from : began < today ? began : today;
}

function takeBack(state: Map<string, RiskTally>, change: RiskTally): void {
  const { severity, status } = change;
  const held = state.get(groupOf(change)) ?? { severity, status, risks: 0, scoreHundredths: 0, high: 0 };
  state.set(groupOf(change), {
    ...{ severity, status, risks: held.risks - change.risks, high: held.high - change.high },
    scoreHundredths: held.scoreHundredths - change.scoreHundredths,
  });
}

function talliesIn(state: ReadonlyMap<string, RiskTally>): RiskTally[] {
  const tallies = [...state].filter(([, { risks }]) => risks > 0).sort(([one], [other]) => (one < other ? -1 : 1));
  return tallies.map(([, tally]) => tally);
}

function groupOf({ severity, status }: RiskTally): string {
  return `${severity} ${status}`;
}
