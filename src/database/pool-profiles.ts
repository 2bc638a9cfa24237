export const POOL_PROFILES = ['development', 'staging', 'production'] as const;
export type PoolProfile = (typeof POOL_PROFILES)[number];

/** How many connections are kept, and for how long. */
export interface PoolLimits {
  /** Connections that may be open at once: a ceiling, not a target. */
  readonly maxOpen: number;
  /** Connections that are kept open however quiet it is. */
  readonly minIdle: number;
  readonly maxLifetimeMs: number;
  /** How long a connection above `minIdle` may lie unused. */
  readonly maxIdleTimeMs: number;
}

const MINUTE = 60_000;

const LIMITS: Readonly<Record<PoolProfile, PoolLimits>> = {
  development: { maxOpen: 10, minIdle: 2, maxLifetimeMs: 10 * MINUTE, maxIdleTimeMs: 2 * MINUTE },
  staging: { maxOpen: 50, minIdle: 10, maxLifetimeMs: 30 * MINUTE, maxIdleTimeMs: 5 * MINUTE },
  production: { maxOpen: 100, minIdle: 25, maxLifetimeMs: 60 * MINUTE, maxIdleTimeMs: 10 * MINUTE },
};

/** The profile that fits NODE_ENV: production and staging name themselves, everything else is development. */
export function profileFor(nodeEnv: string | undefined): PoolProfile {
  return POOL_PROFILES.find((profile) => profile === nodeEnv) ?? 'development';
}

/**
 * The limits of a profile with some of them replaced. Lowering only `maxOpen` lowers the profile's own `minIdle` with
 * it; an explicit `minIdle` is taken as it is and judged by {@link poolProblems}.
 */
export function poolLimits(profile: PoolProfile, overrides: Partial<PoolLimits> = {}): PoolLimits {
  const base = LIMITS[profile];
  const maxOpen = overrides.maxOpen ?? base.maxOpen;
  return {
    maxOpen,
    minIdle: overrides.minIdle ?? Math.min(base.minIdle, maxOpen),
    maxLifetimeMs: overrides.maxLifetimeMs ?? base.maxLifetimeMs,
    maxIdleTimeMs: overrides.maxIdleTimeMs ?? base.maxIdleTimeMs,
  };
}

/** @returns one sentence per rule that the limits break. */
export function poolProblems({ maxOpen, minIdle }: PoolLimits): string[] {
  const problems: string[] = [];
  if (maxOpen < 1) problems.push(`DB_POOL_MAX_OPEN=${maxOpen} must be at least 1`);
  if (minIdle < 0) problems.push(`DB_POOL_MIN_IDLE=${minIdle} must not be negative`);
  if (minIdle > maxOpen) problems.push(`DB_POOL_MIN_IDLE=${minIdle} must not exceed DB_POOL_MAX_OPEN=${maxOpen}`);
  return problems;
}
