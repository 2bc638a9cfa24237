import { daysBefore } from '../../http/period';
import type { DueHistory } from '../../risk/statistics/risk-statistics.reader';

/**
 * How many risks were overdue when each of these days was over.
 *
 * @param days without a gap, oldest first, up to today
 */
export function overdueAfter({ now, changes }: DueHistory, days: readonly string[]): number[] {
  const due = new Map(now.map(({ dueDate, risks }) => [dueDate, risks]));
  const changesOn = new Map<string, DueHistory['now'][number][]>();
  for (const change of changes) changesOn.set(change.day, [...(changesOn.get(change.day) ?? []), change]);
  const counts = [...days].reverse().map((day) => {
    const next = daysBefore(day, -1);
    let overdue = 0;
    for (const [dueDate, risks] of due) if (dueDate < next) overdue += risks;
    for (const { dueDate, risks } of changesOn.get(day) ?? []) due.set(dueDate, (due.get(dueDate) ?? 0) - risks);
    return overdue;
  });
  return counts.reverse();
}
