import { Env } from '../config/env.decorator';

export class AuditConfig {
  @Env('AUDIT_SEAL_DELAY_MS', {
    about: 'How long after a change its audit entry waits to be sealed, together with what else was recorded by then.',
    kind: 'integer',
    unit: 'ms',
    min: 10,
    max: 60_000,
  })
  readonly sealDelayMs: number = 500;

  @Env('AUDIT_SEAL_SWEEP_SECONDS', {
    about: 'How often entries are looked for that another instance left unsealed, in all tenants.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly sealSweepSeconds: number = 300;

  @Env('AUDIT_DENIALS_PER_MINUTE', {
    about: 'How many refused requests (403) of one account each instance records; further ones are only counted.',
    kind: 'integer',
    min: 0,
    max: 100_000,
  })
  readonly denialsPerMinute: number = 20;

  @Env('AUDIT_EXPORT_MAX_ENTRIES', {
    about: 'Largest export of the audit log; larger ones are refused and have to be narrowed by time.',
    kind: 'integer',
    unit: 'entries',
    min: 1,
    max: 100_000_000,
  })
  readonly exportMaxEntries: number = 500_000;

  @Env('AUDIT_EXPORT_CONCURRENCY', {
    about: 'How many exports of the audit log run at the same time; further ones are answered 503.',
    kind: 'integer',
    min: 1,
    max: 100,
  })
  readonly exportConcurrency: number = 4;

  @Env('AUDIT_EXPORT_TIMEOUT_SECONDS', {
    about: 'How long one export of the audit log may take, a slow client included, before its connection is cut.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly exportTimeoutSeconds: number = 600;
}
