import { Env } from '../config/env.decorator';

export class JobsConfig {
  @Env('JOBS_ENABLED', {
    about: 'Whether this process works on background jobs; without, it only hands them in.',
    kind: 'flag',
  })
  readonly enabled: boolean = true;

  @Env('JOBS_SHORT_CONCURRENCY', {
    about: 'How many short jobs (expiries, snapshots, deliveries) this process works on at once.',
    kind: 'integer',
    min: 1,
    max: 32,
  })
  readonly shortConcurrency: number = 2;

  @Env('JOBS_LONG_CONCURRENCY', {
    about:
      'How many long jobs (imports, exports) this process works on at once; of one tenant one less, where there is more than one.',
    kind: 'integer',
    min: 1,
    max: 32,
  })
  readonly longConcurrency: number = 1;

  @Env('JOBS_SYNC_CONCURRENCY', {
    about:
      'How many synchronisations with other systems this process works on at once; of one tenant one less, where there is more than one.',
    kind: 'integer',
    min: 1,
    max: 32,
  })
  readonly syncConcurrency: number = 3;

  @Env('JOBS_POLL_INTERVAL_MS', {
    about: 'How often an idle worker looks for jobs that another process has handed in.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 60_000,
  })
  readonly pollIntervalMs: number = 2_000;

  @Env('JOBS_SHUTDOWN_TIMEOUT_MS', {
    about: 'How long a shutdown waits for running jobs before it hands them back.',
    kind: 'integer',
    unit: 'ms',
    min: 0,
    max: 600_000,
  })
  readonly shutdownTimeoutMs: number = 5_000;
}
