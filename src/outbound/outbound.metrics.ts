import { Injectable } from '@nestjs/common';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Histogram } from 'prom-client';
import { FAILURE_REASONS, type FailureReason } from './outbound.errors';

const DURATION = 'openrisk_outbound_request_duration_seconds';

/** `aborted`: by whoever asked. */
export type OutboundOutcome = FailureReason | 'ok' | 'aborted';

export const outboundMetricProvider = makeHistogramProvider({
  name: DURATION,
  help: 'Requests of connectors and webhooks to the outside, until their answer was read or given up.',
  labelNames: ['outcome'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
});

@Injectable()
export class OutboundMetrics {
  constructor(@InjectMetric(DURATION) private readonly duration: Histogram) {
    // A series that appears with its first event hides that event from rate().
    for (const outcome of ['ok', 'aborted', ...FAILURE_REASONS]) duration.zero({ outcome });
  }

  ended(outcome: OutboundOutcome, startedAtMs: number): void {
    this.duration.observe({ outcome }, (performance.now() - startedAtMs) / 1_000);
  }
}
