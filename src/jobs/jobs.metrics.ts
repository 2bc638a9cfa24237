import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { JobRegistry } from './job-registry';

const total = 'openrisk_jobs_total';
const duration = 'openrisk_job_duration_seconds';
const outcomes = ['succeeded', 'failed', 'retried', 'cancelled'] as const;

export const jobMetricProviders = [
  makeCounterProvider({ name: total, help: 'Background jobs that ended, by how.', labelNames: ['kind', 'outcome'] }),
  makeHistogramProvider({
    name: duration,
    help: 'How long background jobs run.',
    labelNames: ['kind'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600],
  }),
];

@Injectable()
export class JobMetrics implements OnApplicationBootstrap {
  constructor(
    @InjectMetric(total) private readonly total: Counter,
    @InjectMetric(duration) private readonly duration: Histogram,
    private readonly registry: JobRegistry,
  ) {}

  /** The first event would be invisible to increase() otherwise. */
  onApplicationBootstrap(): void {
    for (const { kind } of this.registry.all()) {
      for (const outcome of outcomes) this.total.labels(kind, outcome).inc(0);
    }
  }

  started(kind: string): () => void {
    return this.duration.labels(kind).startTimer();
  }

  ended(kind: string, outcome: (typeof outcomes)[number]): void {
    // One of another version of the program must not make a label of its own.
    this.total.labels(this.registry.find(kind) ? kind : 'unknown', outcome).inc();
  }
}
