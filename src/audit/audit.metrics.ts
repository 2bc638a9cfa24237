import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';

export const OUTCOMES = ['SUCCESS', 'DENIED', 'FAILURE'] as const;
/** DENIED: somebody was refused it; FAILURE: it was tried and did not come about. */
export type Outcome = (typeof OUTCOMES)[number];

const ENTRIES = 'openrisk_audit_entries_total';
const WRITE_FAILURES = 'openrisk_audit_write_failures_total';
const UNSEALED = 'openrisk_audit_unsealed';
const DENIALS_DROPPED = 'openrisk_audit_denials_dropped_total';

export const auditMetricProviders = [
  makeCounterProvider({ name: ENTRIES, help: 'Audit entries that were committed.', labelNames: ['outcome'] }),
  makeCounterProvider({ name: WRITE_FAILURES, help: 'Audit entries that could not be written: their change failed.' }),
  makeGaugeProvider({ name: UNSEALED, help: 'Audit entries that this instance knows of and that are not sealed yet.' }),
  makeCounterProvider({
    name: DENIALS_DROPPED,
    help: 'Refused requests that were not recorded: too many of one account, or more than could be written.',
  }),
];

@Injectable()
export class AuditMetrics {
  constructor(
    @InjectMetric(ENTRIES) private readonly entries: Counter,
    @InjectMetric(WRITE_FAILURES) private readonly failures: Counter,
    @InjectMetric(UNSEALED) private readonly unsealedGauge: Gauge,
    @InjectMetric(DENIALS_DROPPED) private readonly dropped: Counter,
  ) {
    // A series that appears with its first event hides that event from rate().
    for (const outcome of OUTCOMES) entries.inc({ outcome }, 0);
    failures.inc(0);
    dropped.inc(0);
    unsealedGauge.inc(0);
  }

  committed(outcome: Outcome): void {
    this.entries.inc({ outcome });
  }

  writeFailed(entries: number): void {
    this.failures.inc(entries);
  }

  denialsDropped(count: number): void {
    this.dropped.inc(count);
  }

  /** @param difference since it was told last; several applications share the process's gauge */
  unsealed(difference: number): void {
    this.unsealedGauge.inc(difference);
  }
}
