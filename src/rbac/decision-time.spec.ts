import { Authorization } from './authorization';
import { allPermissions } from './permission';
import { grantsOf, predefinedRoles } from './role-matrix';

const DECISIONS = 200_000;

/** Nanoseconds of each of many decisions, smallest first. */
function timed(decide: (turn: number) => unknown): Float64Array {
  const took = new Float64Array(DECISIONS);
  for (let turn = 0; turn < DECISIONS; turn++) {
    const startedAt = process.hrtime.bigint();
    decide(turn);
    took[turn] = Number(process.hrtime.bigint() - startedAt);
  }
  return took.sort();
}

describe('a decision', () => {
  it('takes at most 10 microseconds at the 99th percentile, clock included', () => {
    const teamMateIds = Array.from({ length: 50 }, (_, index) => `mate-${index}`);
    const people = predefinedRoles.map(({ key }) => new Authorization(grantsOf(key), { userId: 'me', teamMateIds }));
    const took = timed((turn) => {
      const permission = allPermissions[turn % allPermissions.length] ?? 'risk:read';
      return people[turn % people.length]?.reachOf(permission);
    });
    const at = (share: number): number => took[Math.floor(DECISIONS * share)] ?? Infinity;
    process.stdout.write(`decision: p50 ${at(0.5)} ns, p99 ${at(0.99)} ns, p99.9 ${at(0.999)} ns\n`);
    expect(at(0.99)).toBeLessThanOrEqual(10_000);
  });
});
