import { toCachedValue } from './cached-value';
import { isDueEarly } from './early-refresh';

describe('isDueEarly', () => {
  const entry = { tenantId: 'one', value: toCachedValue(1, 'test'), expiresAt: 10_000, loadMs: 100 };
  const share = (now: number): number => {
    const draws = Array.from({ length: 1_000 }, (_, number) => (number + 0.5) / 1_000);
    return draws.filter((random) => isDueEarly(entry, now, random)).length / draws.length;
  };

  it('is never so long before the end, ever more often towards it, always at it', () => {
    expect(share(0)).toBe(0);
    expect(share(8_000)).toBe(0);
    expect(share(9_700)).toBeCloseTo(Math.exp(-3), 2);
    expect(share(9_900)).toBeCloseTo(Math.exp(-1), 2);
    expect(share(10_000)).toBe(1);
  });

  it('begins earlier for what takes longer to load', () => {
    expect(isDueEarly({ ...entry, loadMs: 2_000 }, 5_000, 0.05)).toBe(true);
    expect(isDueEarly(entry, 5_000, 0.05)).toBe(false);
  });
});
