import { Inject, Injectable } from '@nestjs/common';
import { CACHE_NAMES, type CacheName } from './cache-names';
import { CACHE_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CacheMetrics, type ReadOutcome } from './cache.metrics';
import type { CacheStore, ReadMode, StoreRead, StoreStatus } from './store';

export interface NamedCacheStats {
  readonly name: CacheName;
  /** Since boot, by outcome. */
  readonly requests: Readonly<Record<ReadOutcome, number>>;
  /** Undefined before the first request. */
  readonly hitRate: number | undefined;
  readonly ttlSeconds: number;
  readonly mode: ReadMode;
}

export interface CacheStats extends StoreStatus {
  /** Where answers can come from, the nearest first. */
  readonly tiers: readonly StoreRead['tier'][];
  readonly caches: readonly NamedCacheStats[];
}

const TIERS: Record<StoreStatus['kind'], CacheStats['tiers']> = {
  redis: ['memory', 'redis'],
  memory: ['memory'],
  custom: ['custom'],
  none: [],
};

/** What the cache of this process has done, for those who operate it. Asks nobody. */
@Injectable()
export class CacheStatsReader {
  constructor(
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly config: CacheConfig,
    private readonly metrics: CacheMetrics,
  ) {}

  stats(): CacheStats {
    const status = this.store.status();
    return { ...status, tiers: TIERS[status.kind], caches: CACHE_NAMES.map((name) => this.statsOf(name)) };
  }

  private statsOf(name: CacheName): NamedCacheStats {
    const requests = this.metrics.reads(name);
    const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
    return {
      name,
      requests,
      hitRate: total === 0 ? undefined : requests.hit / total,
      ttlSeconds: this.config.ttlSecondsOf(name),
      mode: this.config.modeOf(name),
    };
  }
}
