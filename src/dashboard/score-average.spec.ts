import { averageScore, globalRiskScore } from './score-average';

describe('averageScore', () => {
  it.each([
    ['no risks', 0, 0, 0],
    ['one', 1, 1250, 12.5],
    ['a third', 3, 1000, 3.33],
    ['two thirds', 3, 2000, 6.67],
    ['half a hundredth, which goes up', 2, 201, 1.01],
    ['half a hundredth where floating point sees less (1.005)', 200, 20_100, 1.01],
    ['a million risks', 1_000_000, 1_234_500_000, 12.35],
  ])('of %s', (_what, risks, scoreHundredths, average) => {
    expect(averageScore({ risks, scoreHundredths })).toBe(average);
  });
});

describe('globalRiskScore', () => {
  it.each([
    ['100 without risks', 0, 0, 100],
    ['lower the higher the mean is', 1, 1000, 60],
    ['never below 0', 1, 3750, 0],
    ['rounded half up: 100 - 4 x 10.125', 8, 8100, 60],
    ['rounded down below the half: 100 - 4 x 10.13', 1, 1013, 59],
    ['of the mean before rounding: 10.1249 would become 10.12', 10_000, 10_124_900, 60],
    ['of the mean before rounding: 10.1251 would become 10.13', 10_000, 10_125_100, 59],
  ])('is %s', (_what, risks, scoreHundredths, score) => {
    expect(globalRiskScore({ risks, scoreHundredths })).toBe(score);
  });
});
