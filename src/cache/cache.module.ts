import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { CacheManagerStore } from 'cache-manager';
import type { Keyv } from 'keyv';
import { provideConfig } from '../config/config.module';
import { IsolationViolations, isolationViolationsProvider } from '../metrics/isolation-violations';
import { CUSTOM_STORE } from './cache-store.token';
import { Cache } from './cache';
import { CacheHealthReader } from './cache-health.reader';
import { CacheStatsReader } from './cache-stats.reader';
import { CacheConfig } from './cache.config';
import { CacheExplorer } from './cache.explorer';
import { cacheMetricProviders, CacheMetrics } from './cache.metrics';
import { Evictions } from './evictions';
import { Puts } from './puts';
import { Reads } from './reads';
import { storeProviders } from './store.providers';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    provideConfig(CacheConfig),
    ...storeProviders,
    ...cacheMetricProviders,
    isolationViolationsProvider,
    IsolationViolations,
    CacheMetrics,
    Reads,
    Puts,
    Evictions,
    Cache,
    CacheExplorer,
    CacheHealthReader,
    CacheStatsReader,
  ],
  exports: [Cache, CacheHealthReader, CacheStatsReader, CACHE_MANAGER],
})
export class CacheModule {
  /**
   * Keeps entries in any Keyv or cache-manager store, instead of what CACHE_STORE says. For a single instance: generations
   * live in its memory. CACHE_ENABLED=false still switches it off.
   */
  static withStore(custom: Keyv | CacheManagerStore): DynamicModule {
    return { module: CacheModule, providers: [{ provide: CUSTOM_STORE, useValue: custom }] };
  }
}
