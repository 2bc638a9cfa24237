import { Env } from '../../config/env.decorator';

export class SyncConfig {
  @Env('SYNC_MAX_DURATION_SECONDS', {
    about: 'How long one attempt of a synchronisation may take before it has failed.',
    kind: 'integer',
    unit: 's',
    min: 1,
    max: 86_400,
  })
  readonly maxDurationSeconds: number = 3_600;

  @Env('SYNC_MAX_RECORDS', {
    about: 'Most records that a source may bring in one run: a source that never ends fails there.',
    kind: 'integer',
    min: 1,
    max: 10_000_000,
  })
  readonly maxRecords: number = 1_000_000;

  @Env('SYNC_MAX_CREATED', {
    about: 'Most risks that one run may create.',
    kind: 'integer',
    min: 1,
    max: 1_000_000,
  })
  readonly maxCreated: number = 100_000;

  @Env('SYNC_MAX_ATTEMPTS', {
    about: 'How often a source that does not answer, or answers 429 or 5xx, is tried before the run has failed.',
    kind: 'integer',
    min: 1,
    max: 20,
  })
  readonly maxAttempts: number = 4;

  @Env('SYNC_RETRY_DELAY_MS', {
    about: 'How long the first retry waits, when the source does not say; each one after it twice as long.',
    kind: 'integer',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
  })
  readonly retryDelayMs: number = 5_000;
}
