import { Env } from '../../config/env.decorator';

export class WebhookConfig {
  @Env('WEBHOOK_POLL_INTERVAL_MS', {
    about: 'How often a process that works on background jobs looks for webhooks to be sent.',
    kind: 'integer',
    unit: 'ms',
    min: 50,
    max: 60_000,
  })
  readonly pollIntervalMs: number = 1_000;
}
