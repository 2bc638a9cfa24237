import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { Cache } from './cache';
import { CacheHealthReader } from './cache-health.reader';
import { CACHE_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CacheExplorer } from './cache.explorer';
import { cacheMetricProviders, CacheMetrics } from './cache.metrics';
import type { CacheStore } from './store';
import { MemoryStore } from './stores/memory.store';
import { NoneStore } from './stores/none.store';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    provideConfig(CacheConfig),
    {
      provide: CACHE_STORE,
      inject: [CacheConfig],
      useFactory: (config: CacheConfig): CacheStore =>
        config.effectiveStore === 'none'
          ? new NoneStore()
          : new MemoryStore({ maxBytes: config.memoryMaxBytes, maxEntries: config.memoryMaxEntries }),
    },
    ...cacheMetricProviders,
    CacheMetrics,
    Cache,
    CacheExplorer,
    CacheHealthReader,
  ],
  exports: [Cache, CacheHealthReader],
})
export class CacheModule {}
