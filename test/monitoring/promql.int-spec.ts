import { durationDividedBy } from './live/shorter';
import { assertParses, mutantsOf, selectorsIn, withDurations } from './promql';

describe('An expression', () => {
  it('names its metrics, and the labels that it asks for', () => {
    expect(selectorsIn('sum by (x) (rate(a{b="1", c!~"2"}[5m])) / on (y) d offset 1h')).toEqual([
      { metric: 'a', labels: ['b', 'c'] },
      { metric: 'd', labels: [] },
    ]);
  });

  it('parses, or is refused', () => {
    expect(() => assertParses('a > 1')).not.toThrow();
    expect(() => assertParses('sum(a > 1')).toThrow(/does not parse/);
  });

  it('is mutated in its operators and thresholds, one at a time', () => {
    expect(mutantsOf('a{b="1"} > 3 and c == 0')).toEqual([
      'a{b="1"} < 3 and c == 0',
      'a{b="1"} > 4.5 and c == 0',
      'a{b="1"} > 2 and c == 0',
      'a{b="1"} > 3 or c == 0',
      'a{b="1"} > 3 and c != 0',
      'a{b="1"} > 3 and c == 2',
    ]);
    expect(mutantsOf('vector(1)')).toEqual([]);
  });

  it('is made to hurry in its ranges, subqueries and offsets, and compares with what it did', () => {
    const hurried = withDurations('max_over_time(rate(a[5m])[1d:30s] offset 1h30m) > 300', durationDividedBy(60));
    expect(hurried).toBe('max_over_time(rate(a[5000ms])[1440000ms:500ms] offset 90000ms) > 300');
  });
});
