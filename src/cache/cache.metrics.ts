import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { IsolationViolations } from '../metrics/isolation-violations';
import { CACHE_NAMES, type CacheName } from './cache-names';
import { CACHE_STORE } from './cache-store.token';
import type { BreakerState, CacheStore, EvictionStatus, StoreRead, StoreStatus } from './store';

export type ReadOutcome = 'hit' | 'miss' | 'bypass' | 'degraded';

const REQUESTS = 'openrisk_cache_requests_total';
const EVICTIONS = 'openrisk_cache_evictions_total';
const LOAD_DURATION = 'openrisk_cache_load_duration_seconds';
const JOINED = 'openrisk_cache_single_flight_joined_total';
const PUTS = 'openrisk_cache_puts_total';
const FOREIGN = 'openrisk_cache_foreign_entries_total';

const BREAKER_VALUES: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

/** prom-client's registry is one per process, applications are not: the gauges cover all that run. */
const running = new Set<CacheStore>();

function statuses(): StoreStatus[] {
  return Array.from(running, (store) => store.status());
}

export const cacheMetricProviders = [
  makeCounterProvider({ name: REQUESTS, help: 'Cache reads.', labelNames: ['cache', 'tier', 'outcome'] }),
  makeCounterProvider({ name: EVICTIONS, help: 'Acknowledged evictions.', labelNames: ['cache', 'result'] }),
  makeHistogramProvider({
    name: LOAD_DURATION,
    help: 'Duration of loads that the cache could not answer.',
    labelNames: ['cache'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  }),
  makeCounterProvider({ name: JOINED, help: 'Reads that shared the load of another one.', labelNames: ['cache'] }),
  makeCounterProvider({
    name: PUTS,
    help: 'Results of writes: stored, or skipped since somebody else may have changed them.',
    labelNames: ['cache', 'result'],
  }),
  makeCounterProvider({
    name: FOREIGN,
    help: 'Entries dropped since they carried another tenant.',
    labelNames: ['cache'],
  }),
  makeGaugeProvider({
    name: 'openrisk_cache_entries',
    help: 'Values held in this process.',
    collect() {
      this.set(statuses().reduce((sum, { entries }) => sum + entries, 0));
    },
  }),
  makeGaugeProvider({
    name: 'openrisk_cache_bytes',
    help: 'Estimated memory of the values held in this process.',
    collect() {
      this.set(statuses().reduce((sum, { bytes }) => sum + bytes, 0));
    },
  }),
  makeGaugeProvider({
    name: 'openrisk_cache_deferred_evictions',
    help: 'Generation cells to be renewed once Redis is back.',
    collect() {
      this.set(statuses().reduce((sum, { deferredEvictions }) => sum + deferredEvictions, 0));
    },
  }),
  makeGaugeProvider({
    name: 'openrisk_cache_lease_age_seconds',
    help: 'Since all changes of other instances up to then were known here. Leased values are served below 0.3.',
    collect() {
      const ages = statuses().map(({ leaseAgeMs = Infinity }) => leaseAgeMs / 1000);
      this.set(Math.max(0, ...ages.filter(Number.isFinite)));
    },
  }),
  makeGaugeProvider({
    name: 'openrisk_cache_breaker_state',
    help: 'Redis: 0 served from, 1 being brought up to date, 2 out of reach.',
    collect() {
      this.set(Math.max(0, ...statuses().map(({ breaker }) => BREAKER_VALUES[breaker])));
    },
  }),
];

@Injectable()
export class CacheMetrics implements OnApplicationShutdown {
  /** prom-client's registry is one per process; these are of this application. */
  private readonly counts = new Map<CacheName, Record<ReadOutcome, number>>();

  constructor(
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(EVICTIONS) private readonly evictions: Counter,
    @InjectMetric(LOAD_DURATION) private readonly loadDuration: Histogram,
    @InjectMetric(JOINED) private readonly joins: Counter,
    @InjectMetric(PUTS) private readonly puts: Counter,
    @InjectMetric(FOREIGN) private readonly foreigners: Counter,
    private readonly isolation: IsolationViolations,
  ) {
    running.add(store);
    for (const cache of CACHE_NAMES) this.startAtZero(cache);
  }

  onApplicationShutdown(): void {
    running.delete(this.store);
  }

  read(cache: CacheName, tier: StoreRead['tier'], outcome: ReadOutcome): void {
    this.requests.inc({ cache, tier, outcome });
    const counts = this.reads(cache);
    this.counts.set(cache, { ...counts, [outcome]: counts[outcome] + 1 });
  }

  /** Since boot. */
  reads(cache: CacheName): Record<ReadOutcome, number> {
    return this.counts.get(cache) ?? { hit: 0, miss: 0, bypass: 0, degraded: 0 };
  }

  evicted(caches: Iterable<CacheName | 'other'>, result: EvictionStatus): void {
    for (const cache of caches) this.evictions.inc({ cache, result });
  }

  put(cache: CacheName, result: 'stored' | 'skipped'): void {
    this.puts.inc({ cache, result });
  }

  /** @returns call it when the load is over */
  loadStarted(cache: CacheName): () => void {
    return this.loadDuration.startTimer({ cache });
  }

  joined(cache: CacheName): void {
    this.joins.inc({ cache });
  }

  foreign(cache: CacheName): void {
    this.foreigners.inc({ cache });
    this.isolation.foreignEntry();
  }

  /** A series that appears with its first event hides that event from rate(). */
  private startAtZero(cache: CacheName): void {
    const { kind } = this.store.status();
    if (kind !== 'none') {
      this.requests.inc({ cache, tier: 'memory', outcome: 'hit' }, 0);
      this.requests.inc({ cache, tier: kind, outcome: 'miss' }, 0);
    }
    if (kind === 'custom') this.requests.inc({ cache, tier: 'custom', outcome: 'hit' }, 0);
    if (kind === 'redis') {
      this.requests.inc({ cache, tier: 'redis', outcome: 'hit' }, 0);
      this.requests.inc({ cache, tier: 'none', outcome: 'degraded' }, 0);
    }
    this.requests.inc({ cache, tier: 'none', outcome: 'bypass' }, 0);
    for (const result of ['ok', 'deferred']) this.evictions.inc({ cache, result }, 0);
    for (const result of ['stored', 'skipped']) this.puts.inc({ cache, result }, 0);
    this.joins.inc({ cache }, 0);
    this.foreigners.inc({ cache }, 0);
    this.loadDuration.zero({ cache });
  }
}
