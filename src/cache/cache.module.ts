import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { Cache } from './cache';
import { CacheHealthReader } from './cache-health.reader';
import { CacheConfig } from './cache.config';
import { CacheExplorer } from './cache.explorer';
import { cacheMetricProviders, CacheMetrics } from './cache.metrics';
import { Evictions } from './evictions';
import { Reads } from './reads';
import { storeProviders } from './store.providers';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    provideConfig(CacheConfig),
    ...storeProviders,
    ...cacheMetricProviders,
    CacheMetrics,
    Reads,
    Evictions,
    Cache,
    CacheExplorer,
    CacheHealthReader,
  ],
  exports: [Cache, CacheHealthReader, CACHE_MANAGER],
})
export class CacheModule {}
