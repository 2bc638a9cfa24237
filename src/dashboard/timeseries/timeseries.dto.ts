import { Choice, DateOnly, Decimal, Instant, NestedList, Text } from '../../http/fields.decorator';

export const METRICS = ['risks', 'open', 'high', 'averageScore', 'globalRiskScore', 'created', 'closed'] as const;
export type Metric = (typeof METRICS)[number];

export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

export const SERIES_GROUPS = ['severity', 'status'] as const;
export type SeriesGroup = (typeof SERIES_GROUPS)[number];

/** Three years, a leap day among them. */
export const LONGEST_SERIES_DAYS = 1_096;
const MOST_GROUPS = 9;

export class TimeseriesQuery {
  @Choice(METRICS, { about: 'What to tell of each interval.', example: 'open' })
  metric!: Metric;

  @DateOnly({
    optional: true,
    about: 'First day, in UTC; the 30th day up to `to` unless given.',
    example: '2026-01-01',
  })
  from?: string;

  @DateOnly({ optional: true, about: 'Last day, in UTC; today unless given, and at most.' })
  to?: string;

  @Choice(INTERVALS, {
    optional: true,
    about: 'Weeks begin on Monday. Of each the last day counts; `created` and `closed` are sums.',
    example: 'day',
  })
  interval: Interval = 'day';

  @Choice(SERIES_GROUPS, { optional: true, about: 'A series for each; not of `created` and `closed`.' })
  groupBy?: SeriesGroup;

  @Choice(['json', 'csv'], { optional: true, example: 'json' })
  format: 'json' | 'csv' = 'json';
}

export class SeriesPoint {
  @Instant({
    example: '2026-03-31T00:00:00.000Z',
    about: 'When the interval, or the part of it that was asked for, began.',
  })
  time!: string;

  @Choice(METRICS, { example: 'open' })
  metric!: Metric;

  @Decimal({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 301 })
  value!: number;

  @Text({ max: 100, example: 'open', about: 'The group; the metric without `groupBy`.' })
  label!: string;
}

export class TimeseriesResponse {
  @NestedList(() => SeriesPoint, {
    maxItems: LONGEST_SERIES_DAYS * MOST_GROUPS,
    about: 'Flat, by time and label. Days before the first risk of the register are left out.',
  })
  points!: readonly SeriesPoint[];
}
