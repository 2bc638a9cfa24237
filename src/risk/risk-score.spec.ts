import { DEFAULT_THRESHOLDS, meanFactor, riskScore, severityOf, type Criticality } from './risk-score';

describe('the score of a risk', () => {
  it.each<[number, number, Criticality[], number]>([
    [1, 1, [], 1],
    [3, 5, [], 15],
    [5, 5, [], 25],
    [5, 5, ['MEDIUM'], 25],
    [1, 1, ['LOW'], 0.8],
    [5, 5, ['CRITICAL'], 37.5],
    [3, 3, ['HIGH'], 11.25],
    [3, 5, ['LOW', 'CRITICAL'], 17.25],
    [5, 5, ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], 28.44],
    [1, 1, ['LOW', 'LOW', 'MEDIUM'], 0.87],
    [1, 1, ['LOW', 'MEDIUM', 'MEDIUM'], 0.93],
    // 4.375 and 3.125 lie between two decimals exactly: up.
    [1, 5, ['MEDIUM', 'MEDIUM', 'MEDIUM', 'MEDIUM', 'MEDIUM', 'LOW', 'LOW', 'LOW'], 4.63],
    [1, 3, ['HIGH', 'MEDIUM', 'MEDIUM', 'MEDIUM', 'MEDIUM', 'MEDIUM'], 3.13],
  ])('%i x %i with %j is %d', (probability, impact, assets, score) => {
    expect(riskScore({ probability, impact }, assets)).toBe(score);
  });

  it('is what exact arithmetic gives, rounded half up, for every mix of assets', () => {
    const twentieths = { LOW: 16n, MEDIUM: 20n, HIGH: 25n, CRITICAL: 30n };
    const kinds = Object.keys(twentieths) as Criticality[];
    for (let seed = 0; seed < 2000; seed++) {
      const assets = Array.from(
        { length: 1 + (seed % 37) },
        (_, index) => kinds[(seed * 7 + index * index) % 4] ?? 'LOW',
      );
      const [probability, impact] = [1 + (seed % 5), 1 + (seed % 4)];
      const sum = assets.reduce((total, asset) => total + twentieths[asset], 0n);
      const count = BigInt(assets.length) * 20n;
      const numerator = BigInt(probability * impact) * sum * 100n;
      const hundredths = (2n * numerator + count) / (2n * count);
      expect(riskScore({ probability, impact }, assets)).toBe(Number(hundredths) / 100);
    }
  });

  it('does not depend on the order of the assets', () => {
    const assets: Criticality[] = ['LOW', 'HIGH', 'CRITICAL', 'MEDIUM', 'LOW'];
    expect(riskScore({ probability: 4, impact: 3 }, assets)).toBe(
      riskScore({ probability: 4, impact: 3 }, assets.toReversed()),
    );
  });
});

describe('the mean factor', () => {
  it.each<[Criticality[], number]>([
    [[], 1],
    [['HIGH'], 1.25],
    [['LOW', 'LOW', 'MEDIUM'], 0.8667],
  ])('of %j is %d', (assets, factor) => {
    expect(meanFactor(assets)).toBe(factor);
  });
});

describe('severity', () => {
  it.each([
    [0.8, 'LOW'],
    [9.99, 'LOW'],
    [10, 'MEDIUM'],
    [14.99, 'MEDIUM'],
    [15, 'HIGH'],
    [19.99, 'HIGH'],
    [20, 'CRITICAL'],
    [37.5, 'CRITICAL'],
  ])('of %d is %s by the defaults', (score, severity) => {
    expect(severityOf(score, DEFAULT_THRESHOLDS)).toBe(severity);
  });

  it('begins where the thresholds say, to the hundredth', () => {
    const thresholds = { LOW: 0, MEDIUM: 0.8, HIGH: 12.01, CRITICAL: 37.5 };
    expect([0.8, 12, 12.01, 37.49, 37.5].map((score) => severityOf(score, thresholds))).toEqual([
      ...['MEDIUM', 'MEDIUM', 'HIGH', 'HIGH', 'CRITICAL'],
    ]);
  });
});
