import { MITIGATION_STATUSES, type MitigationStatus } from '../../risk/mitigations/mitigation-lifecycle';
import type { MitigationTally } from '../../risk/mitigations/mitigation-statistics.reader';
import type { MitigationMetricsResponse } from './mitigation-metrics.dto';

export function mitigationMetricsOf(tallies: readonly MitigationTally[]): MitigationMetricsResponse {
  const counted = MITIGATION_STATUSES.map((status) => {
    return [status, tallies.find((tally) => tally.status === status)?.mitigations ?? 0];
  });
  const byStatus = Object.fromEntries(counted) as Record<MitigationStatus, number>;
  const total = sum(tallies, ({ mitigations }) => mitigations);
  return {
    total,
    byStatus,
    completionRate: ratio(100 * byStatus.DONE, total - byStatus.CANCELLED),
    averageDays: ratio(
      sum(tallies, ({ days }) => days),
      byStatus.DONE,
    ),
    overdue: sum(tallies, ({ overdue }) => overdue),
  };
}

function ratio(dividend: number, divisor: number): number | null {
  return divisor === 0 ? null : Math.round((10 * dividend) / divisor) / 10;
}

function sum(tallies: readonly MitigationTally[], number: (tally: MitigationTally) => number): number {
  return tallies.reduce((total, tally) => total + number(tally), 0);
}
