import { scoreChange, trendOfChange } from './score-trend';

describe('the trend of a score', () => {
  it.each([
    [9, 9, 'STABLE'],
    [9, 9.5, 'STABLE'],
    [9, 9.51, 'INCREASING'],
    [9, 8.5, 'STABLE'],
    [9, 8.49, 'DECREASING'],
    // In binary fractions 0.8 to 1.3 is a little more than one half.
    [0.8, 1.3, 'STABLE'],
    [17.25, 17.75, 'STABLE'],
    [0.8, 37.5, 'INCREASING'],
  ] as const)('from %d to %d is %s', (from, to, trend) => {
    expect(trendOfChange(scoreChange(from, to))).toBe(trend);
  });
});
