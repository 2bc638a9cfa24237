import { CACHE_MANAGER, CacheModule, type CacheModuleOptions } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import type { Cache } from 'cache-manager';
import { Keyv } from 'keyv';
import { installedVersion, TTL_MS, type Library, type OpenLibrary, type StoreKind } from './library';
import { redisKeyv } from './redis-keyv';

export const cacheManager: Library = {
  name: '@nestjs/cache-manager',
  version: `${installedVersion('@nestjs/cache-manager')} (cache-manager ${installedVersion('cache-manager')})`,
  checks: {
    memory: 'nothing',
    redis: 'nothing',
    tiered: 'nothing, and what another process evicts stays in the memory of this one',
  },
  open,
};

async function open(kind: StoreKind, redisUrl: string): Promise<OpenLibrary> {
  const redis = kind === 'memory' ? undefined : await redisKeyv(redisUrl, 'manager');
  const stores = [...(kind === 'redis' ? [] : [new Keyv()]), ...(redis ? [redis.keyv] : [])];
  // Its types come from the ES module of keyv, ours from the CommonJS one.
  const options = { stores, ttl: TTL_MS } as unknown as CacheModuleOptions;
  const module = await Test.createTestingModule({ imports: [CacheModule.register(options)] }).compile();
  const cache = module.get<Cache>(CACHE_MANAGER);
  return {
    read: (key, load) => cache.wrap(key, load, TTL_MS),
    evictTag: undefined,
    evictKey: (key) => cache.del(key),
    close: async () => redis?.close(),
  };
}
