import type { RegisterDay } from '../days/register-day';
import { seriesRange } from './series-range';
import { seriesOf } from './timeseries';
import { TimeseriesQuery } from './timeseries.dto';

/** 2026-03-01 is a Sunday. */
const days: RegisterDay[] = ['2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'].map((day, index) => ({
  ...{ day, created: 1, closed: index },
  tallies: [
    { severity: 'LOW', status: 'DRAFT', risks: index, scoreHundredths: 500 * index, high: 0 },
    { severity: 'HIGH', status: 'CLOSED', risks: 1, scoreHundredths: 1600, high: 1 },
  ],
}));
const values = (points: ReturnType<typeof seriesOf>) => points.map(({ time, value }) => [time.slice(5, 10), value]);

describe('a series', () => {
  it('tells of a week or a month what was at its end, and adds up what happened in it', () => {
    const of = (metric: 'risks' | 'created', interval: 'week' | 'month') =>
      values(seriesOf(days, { metric, interval, groupBy: undefined }));
    expect(of('risks', 'week')).toEqual([
      ['02-28', 2],
      ['03-02', 4],
    ]);
    expect(of('created', 'week')).toEqual([
      ['02-28', 2],
      ['03-02', 2],
    ]);
    expect(of('risks', 'month')).toEqual([
      ['02-28', 1],
      ['03-01', 4],
    ]);
  });

  it('has a point for every group, also for those without risks', () => {
    const points = seriesOf(days.slice(3), { metric: 'averageScore', interval: 'day', groupBy: 'severity' });
    expect(points.map(({ label, value }) => [label, value])).toEqual([
      ...[
        ['LOW', 5],
        ['MEDIUM', 0],
        ['HIGH', 16],
        ['CRITICAL', 0],
      ],
    ]);
    const metrics = ['risks', 'open', 'high', 'averageScore', 'globalRiskScore', 'created', 'closed'] as const;
    const last = metrics.map(
      (metric) => seriesOf(days.slice(3), { metric, interval: 'day', groupBy: undefined })[0]?.value,
    );
    expect(last).toEqual([4, 3, 1, 7.75, 69, 1, 3]);
  });
});

describe('the range of a series', () => {
  const range = (given: Partial<TimeseriesQuery>) =>
    seriesRange(Object.assign(new TimeseriesQuery(), { metric: 'risks' }, given), '2026-03-03');

  it('is the last 30 days unless it is given, and ends today', () => {
    expect(range({})).toEqual({ from: '2026-02-02', to: '2026-03-03', today: '2026-03-03' });
    expect(range({ from: '2026-01-01', to: '2030-01-01' })).toMatchObject({ from: '2026-01-01', to: '2026-03-03' });
    expect(range({ to: '2025-01-30' }).from).toBe('2025-01-01');
    expect(range({ from: '2023-03-04' }).from).toBe('2023-03-04');
  });

  it.each([
    [{ from: '2026-03-04' }],
    [{ from: '2026-01-02', to: '2026-01-01' }],
    [{ from: '2023-03-03' }],
    [{ metric: 'created', groupBy: 'severity' }],
  ] as const)('is refused when it makes no sense: %j', (given) => {
    expect(() => range(given)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
