import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import type { Cache as EcosystemCache } from 'cache-manager';
import { Cache } from '../../src/cache/cache';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CACHE_STORE } from '../../src/cache/cache-store.token';
import { CacheModule } from '../../src/cache/cache.module';
import type { CacheStore } from '../../src/cache/store';
import { ConfigModule } from '../../src/config/config.module';
import { runInContext } from '../../src/context/request-context';
import { until } from './until';

export interface OpenCache {
  readonly cache: Cache;
  readonly health: CacheHealthReader;
  readonly store: CacheStore;
  readonly ecosystem: EcosystemCache;
  /** Until Redis is served from; at once for other stores. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

/** The cache room as the application boots it: an instance of its own, however many there are in the process. */
export async function openCache(settings: Readonly<Record<string, string>> = {}): Promise<OpenCache> {
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forEnvironment(settings), CacheModule],
  }).compile();
  module.useLogger(false);
  await module.init();
  const health = module.get(CacheHealthReader);
  return {
    cache: module.get(Cache),
    health,
    store: module.get(CACHE_STORE),
    ecosystem: module.get(CACHE_MANAGER),
    connected: () => until(() => health.cacheHealth().breaker === 'closed'),
    close: () => module.close(),
  };
}

export function asTenant<T>(tenantId: string, work: () => T, userId = 'someone'): T {
  return runInContext({ requestId: 'test', actor: { userId, tenantId } }, work);
}
