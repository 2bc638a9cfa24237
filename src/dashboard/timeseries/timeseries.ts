import { daysBefore } from '../../http/period';
import { RISK_STATUSES } from '../../risk/lifecycle/risk-lifecycle';
import { SEVERITIES } from '../../risk/risk-score';
import type { RiskTally } from '../../risk/statistics/risk-statistics.reader';
import type { RegisterDay } from '../days/register-day';
import { averageScore, globalRiskScore } from '../score-average';
import { scoresOf } from '../trend';
import type { Interval, Metric, SeriesGroup, SeriesPoint } from './timeseries.dto';

export interface Series {
  readonly metric: Metric;
  readonly interval: Interval;
  readonly groupBy: SeriesGroup | undefined;
}

const groups: Readonly<Record<SeriesGroup, readonly string[]>> = { severity: SEVERITIES, status: RISK_STATUSES };

/** One point for each interval and group, also where there are no risks. */
export function seriesOf(days: readonly RegisterDay[], { metric, interval, groupBy }: Series): SeriesPoint[] {
  return bucketsOf(days, interval).flatMap((bucket) => {
    const time = `${bucket[0]?.day}T00:00:00.000Z`;
    const labels = groupBy === undefined ? [metric] : groups[groupBy];
    return labels.map((label) => {
      const within = (tally: RiskTally): boolean => groupBy === undefined || tally[groupBy] === label;
      return { time, metric, value: valueOf(metric, bucket, within), label };
    });
  });
}

/** Whether the metric tells of the risks there are, and so can be told of some of them. */
export function isOfRisks(metric: Metric): boolean {
  return metric !== 'created' && metric !== 'closed';
}

function valueOf(metric: Metric, bucket: readonly RegisterDay[], within: (tally: RiskTally) => boolean): number {
  if (metric === 'created' || metric === 'closed') return bucket.reduce((sum, day) => sum + day[metric], 0);
  const tallies = (bucket.at(-1)?.tallies ?? []).filter(within);
  switch (metric) {
    case 'risks':
      return scoresOf(tallies).risks;
    case 'open':
      return scoresOf(tallies.filter(({ status }) => status !== 'CLOSED')).risks;
    case 'high':
      return tallies.reduce((sum, { high }) => sum + high, 0);
    case 'averageScore':
      return averageScore(scoresOf(tallies));
    case 'globalRiskScore':
      return globalRiskScore(scoresOf(tallies));
  }
}

function bucketsOf(days: readonly RegisterDay[], interval: Interval): RegisterDay[][] {
  const buckets = new Map<string, RegisterDay[]>();
  for (const day of days) {
    const start = startOf(interval, day.day);
    buckets.set(start, [...(buckets.get(start) ?? []), day]);
  }
  return [...buckets.values()];
}

function startOf(interval: Interval, day: string): string {
  if (interval === 'day') return day;
  if (interval === 'month') return `${day.slice(0, 7)}-01`;
  const sinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  return daysBefore(day, sinceMonday);
}
