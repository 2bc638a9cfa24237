import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { FactoryProvider } from '@nestjs/common';
import type { Cache as EcosystemCache, CacheManagerStore } from 'cache-manager';
import type { Keyv } from 'keyv';
import { CACHE_STORE, CUSTOM_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import type { CacheStore } from './store';
import { emptyEcosystemCache, memoryEcosystemCache, redisEcosystemCache } from './stores/ecosystem-cache';
import { FallbackStore } from './stores/fallback.store';
import { InvalidationFeed } from './stores/invalidation-feed';
import { KeyvStore } from './stores/keyv.store';
import { LocalEntries } from './stores/local-entries';
import { MemoryStore } from './stores/memory.store';
import { NoneStore } from './stores/none.store';
import { RedisConnection } from './stores/redis-connection';
import { RedisStore } from './stores/redis.store';

const REDIS_CONNECTION = Symbol('redis-connection');
const INVALIDATION_FEED = Symbol('invalidation-feed');

/** Null without Redis. A provider of its own, so that Nest opens it after boot and closes it last. */
const connection: FactoryProvider<RedisConnection | null> = {
  provide: REDIS_CONNECTION,
  inject: [CacheConfig],
  useFactory: ({ effectiveStore, redisUrl, deadlineMs }: CacheConfig) =>
    effectiveStore === 'redis' && redisUrl !== undefined ? new RedisConnection(redisUrl, deadlineMs) : null,
};

/** Null without Redis; a provider of its own for the same reason. It connects when something is read under a lease. */
const feed: FactoryProvider<InvalidationFeed | null> = {
  provide: INVALIDATION_FEED,
  inject: [CacheConfig],
  useFactory: ({ effectiveStore, redisUrl, keyPrefix, deadlineMs }: CacheConfig) =>
    effectiveStore === 'redis' && redisUrl !== undefined ? new InvalidationFeed(redisUrl, keyPrefix, deadlineMs) : null,
};

const store: FactoryProvider<CacheStore> = {
  provide: CACHE_STORE,
  inject: [CacheConfig, REDIS_CONNECTION, INVALIDATION_FEED, { token: CUSTOM_STORE, optional: true }],
  useFactory: (
    config: CacheConfig,
    redis: RedisConnection | null,
    changes: InvalidationFeed | null,
    custom: Keyv | CacheManagerStore | undefined,
  ) => {
    const bounds = { maxBytes: config.memoryMaxBytes, maxEntries: config.memoryMaxEntries };
    if (config.effectiveStore === 'none') return new NoneStore();
    if (custom) return new KeyvStore(custom, config.memoryMaxEntries, config.deadlineMs);
    if (!redis || !changes) return new MemoryStore(bounds);
    const meanwhile = config.fallback === 'memory' ? new MemoryStore(bounds) : undefined;
    const redisStore = new RedisStore(redis.client, config.keyPrefix, new LocalEntries(bounds), changes);
    return new FallbackStore(redis, redisStore, config.deadlineMs, meanwhile);
  },
};

const ecosystemCache: FactoryProvider<EcosystemCache> = {
  provide: CACHE_MANAGER,
  inject: [CacheConfig, REDIS_CONNECTION],
  useFactory: (config: CacheConfig, redis: RedisConnection | null) => {
    if (config.effectiveStore === 'none') return emptyEcosystemCache();
    if (!redis) return memoryEcosystemCache(config.memoryMaxEntries);
    return redisEcosystemCache(redis.client, config.keyPrefix, config.deadlineMs);
  },
};

export const storeProviders = [connection, feed, store, ecosystemCache];
