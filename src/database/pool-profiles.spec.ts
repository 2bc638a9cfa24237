import { poolLimits, poolProblems, profileFor } from './pool-profiles';

describe('pool profiles', () => {
  it.each([
    ['development', { maxOpen: 10, minIdle: 2, maxLifetimeMs: 600_000, maxIdleTimeMs: 120_000 }],
    ['staging', { maxOpen: 50, minIdle: 10, maxLifetimeMs: 1_800_000, maxIdleTimeMs: 300_000 }],
    ['production', { maxOpen: 100, minIdle: 25, maxLifetimeMs: 3_600_000, maxIdleTimeMs: 600_000 }],
  ] as const)('%s has the documented limits', (profile, limits) => {
    expect(poolLimits(profile)).toEqual(limits);
    expect(poolProblems(poolLimits(profile))).toEqual([]);
  });

  it.each([
    ['production', 'production'],
    ['staging', 'staging'],
    ['test', 'development'],
    [undefined, 'development'],
  ])('NODE_ENV=%s chooses %s', (nodeEnv, profile) => {
    expect(profileFor(nodeEnv)).toBe(profile);
  });

  it('lets every limit be replaced', () => {
    const own = { maxOpen: 7, minIdle: 3, maxLifetimeMs: 1000, maxIdleTimeMs: 500 };
    expect(poolLimits('production', own)).toEqual(own);
  });

  it('lowers the kept minimum of a profile with its maximum', () => {
    expect(poolLimits('production', { maxOpen: 10 })).toMatchObject({ maxOpen: 10, minIdle: 10 });
  });

  it.each([
    [{ maxOpen: 0, minIdle: 0 }, 'at least 1'],
    [{ maxOpen: 5, minIdle: -1 }, 'must not be negative'],
    [{ maxOpen: 5, minIdle: 6 }, 'must not exceed'],
  ])('refuses %j', (limits, problem) => {
    expect(poolProblems(poolLimits('development', limits))).toEqual([expect.stringContaining(problem)]);
  });
});
