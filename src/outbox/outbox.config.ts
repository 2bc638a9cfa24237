import { Env } from '../config/env.decorator';

export class OutboxConfig {
  @Env('OUTBOX_RETENTION_DAYS', {
    about: 'How long events are kept that have been delivered or given up: as long can their delivery be repeated.',
    kind: 'integer',
    unit: 'days',
    min: 1,
    max: 365,
  })
  readonly retentionDays: number = 30;
}
