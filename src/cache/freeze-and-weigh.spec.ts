import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { freezeAndWeigh } from './freeze-and-weigh';

const named = (count: number, name: (index: number) => string): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), index]));

describe('the weight of a value', () => {
  it('is about what it takes, and rather more', () => {
    // In a process with a small heap: each measurement is three collections of all of it.
    const program = require.resolve('../../test/support/weigh-shapes');
    const args = ['-r', require.resolve('../../test/support/swc-register.cjs'), program];
    const ratios = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Record<string, number>;
    expect(Object.keys(ratios)).toHaveLength(12);
    const wrong = Object.entries(ratios).filter(([, ratio]) => !(ratio > 0.85 && ratio < 8));
    expect(wrong).toEqual([]);
  });

  it('is next to nothing for names that many share', () => {
    const answer = (): unknown => JSON.parse(JSON.stringify(named(20, (index) => `familiar ${index}`)));
    expect(freezeAndWeigh(answer())).toBeGreaterThan(20 * 150);
    expect(freezeAndWeigh(answer())).toBe(64 + 20 * 8);
    for (let count = 0; count < 50; count++) {
      freezeAndWeigh(named(300, () => randomUUID()));
      expect(freezeAndWeigh(answer())).toBe(64 + 20 * 8);
    }
  });

  it('freezes what it weighs to its leaves', () => {
    const value = { list: [{ deep: 1 }] };
    freezeAndWeigh(value);
    expect([value, value.list, value.list[0]].every((part) => Object.isFrozen(part))).toBe(true);
  });
});
