import { assertParses, mutantsOf, selectorsIn } from './promql';

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
});
