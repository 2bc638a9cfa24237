import { Random } from './random';

describe('Random', () => {
  it('repeats itself for the same seed only', () => {
    const draw = (seed: number): string[] => {
      const random = new Random(seed);
      return [random.uuid(new Date(0)), String(random.fraction()), random.pick(['a', 'b', 'c'])];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('reaches both bounds and every weight but 0, about as often as asked', () => {
    const random = new Random(1);
    const draws = Array.from({ length: 4_000 }, () => random.integer(1, 4));
    expect(new Set(draws)).toEqual(new Set([1, 2, 3, 4]));
    const names = Array.from({ length: 4_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }));
    expect(names).not.toContain('never');
    expect(names.filter((name) => name === 'often').length).toBeGreaterThan(2_800);
    expect(names.filter((name) => name === 'often').length).toBeLessThan(3_200);
  });

  it('makes UUIDs of version 7 that sort by time', () => {
    const random = new Random(1);
    const [early, late] = [random.uuid(new Date('2025-01-01')), random.uuid(new Date('2026-01-01'))];
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });
});
