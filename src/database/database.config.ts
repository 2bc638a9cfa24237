import { Env } from '../config/env.decorator';
import {
  POOL_PROFILES,
  poolLimits,
  poolProblems,
  profileFor,
  type PoolLimits,
  type PoolProfile,
} from './pool-profiles';

const WEEK_MS = 7 * 24 * 3_600_000;
const POSTGRES_URL = /^postgres(ql)?:\/\/\S+$/;

/** Where Postgres is, how many connections it gets, and how long anything may take there. */
export class DatabaseConfig {
  @Env('DATABASE_URL', {
    about: 'Postgres, as the application role: it owns nothing and row level security binds it.',
    kind: 'text',
    unit: 'a postgres:// URL',
    pattern: POSTGRES_URL,
    secret: true,
  })
  readonly applicationUrl?: string;

  @Env('DATABASE_OWNER_URL', {
    about:
      'The same database as the role that owns the tables; migrations run as it. Without it they are only checked.',
    kind: 'text',
    unit: 'a postgres:// URL',
    pattern: POSTGRES_URL,
    secret: true,
  })
  readonly ownerUrl?: string;

  @Env('NODE_ENV', { about: 'Chooses the pool profile when DB_POOL_PROFILE does not.', kind: 'text' })
  readonly nodeEnv?: string;

  @Env('DB_POOL_PROFILE', { about: 'Named set of pool limits.', kind: 'choice', choices: POOL_PROFILES })
  readonly poolProfile?: PoolProfile;

  @Env('DB_POOL_MAX_OPEN', {
    about: 'Connections that may be open at once; the profile decides unless set.',
    kind: 'integer',
    min: 1,
    max: 1000,
  })
  readonly maxOpen?: number;

  @Env('DB_POOL_MIN_IDLE', {
    about: 'Connections that are kept open when it is quiet; the profile decides unless set.',
    kind: 'integer',
    min: 0,
    max: 1000,
  })
  readonly minIdle?: number;

  @Env('DB_POOL_MAX_LIFETIME_MS', {
    about: 'Age at which a connection is replaced; the profile decides unless set.',
    kind: 'integer',
    unit: 'ms',
    min: 100,
    max: WEEK_MS,
  })
  readonly maxLifetimeMs?: number;

  @Env('DB_POOL_MAX_IDLE_TIME_MS', {
    about: 'How long a connection above the kept minimum may lie unused; the profile decides unless set.',
    kind: 'integer',
    unit: 'ms',
    min: 100,
    max: WEEK_MS,
  })
  readonly maxIdleTimeMs?: number;

  @Env('DB_POOL_WARNING_RATIO', {
    about: 'Share of the open maximum in use from which the pool reports warning.',
    kind: 'number',
    min: 0.01,
    max: 1,
  })
  readonly warningRatio: number = 0.7;

  @Env('DB_POOL_CRITICAL_RATIO', {
    about: 'Share of the open maximum in use above which the pool reports critical.',
    kind: 'number',
    min: 0.01,
    max: 1,
  })
  readonly criticalRatio: number = 0.9;

  @Env('DB_ACQUIRE_TIMEOUT_MS', {
    about: 'How long a request may wait for a connection before it is answered 503.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 60_000,
  })
  readonly acquireTimeoutMs: number = 500;

  @Env('DB_CONNECT_TIMEOUT_MS', {
    about: 'How long opening one connection may take before it is given up.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 60_000,
  })
  readonly connectTimeoutMs: number = 5_000;

  @Env('DB_STATEMENT_TIMEOUT_MS', {
    about: 'How long one statement may run before Postgres cancels it and the request is answered 503.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 600_000,
  })
  readonly statementTimeoutMs: number = 10_000;

  @Env('DB_IDLE_TRANSACTION_TIMEOUT_MS', {
    about: 'How long an open transaction may send nothing before Postgres ends it.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 600_000,
  })
  readonly idleTransactionTimeoutMs: number = 15_000;

  @Env('DB_DRAIN_TIMEOUT_MS', {
    about: 'How long a shutdown waits for work on open connections before it cuts them.',
    kind: 'integer',
    unit: 'ms',
    min: 0,
    max: 600_000,
  })
  readonly drainTimeoutMs: number = 10_000;

  @Env('DB_BOOT_TIMEOUT_MS', {
    about: 'How long the boot waits for a Postgres that cannot be reached yet.',
    kind: 'integer',
    unit: 'ms',
    min: 0,
    max: 600_000,
  })
  readonly bootTimeoutMs: number = 30_000;

  get pool(): PoolLimits {
    return poolLimits(this.poolProfile ?? profileFor(this.nodeEnv), this);
  }

  problems(): string[] {
    const problems = poolProblems(this.pool);
    if (this.applicationUrl === undefined) problems.push('DATABASE_URL must be set');
    if (this.warningRatio > this.criticalRatio) {
      problems.push(
        `DB_POOL_WARNING_RATIO=${this.warningRatio} must not exceed DB_POOL_CRITICAL_RATIO=${this.criticalRatio}`,
      );
    }
    return problems;
  }
}
