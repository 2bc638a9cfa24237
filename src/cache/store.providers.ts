import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Logger, type FactoryProvider } from '@nestjs/common';
import type { Cache as EcosystemCache, CacheManagerStore } from 'cache-manager';
import type { Keyv } from 'keyv';
import { CACHE_STORE, CUSTOM_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CLUSTER_NODES, INVALIDATION_FEED, LOCAL_ENTRIES, REDIS_CONNECTION, redisProviders } from './redis.providers';
import type { CacheStore } from './store';
import type { ClusterNodes } from './stores/cluster/cluster-nodes';
import { clusterEcosystemCache } from './stores/cluster/cluster-ecosystem-cache';
import { ClusterStore } from './stores/cluster/cluster.store';
import { emptyEcosystemCache, memoryEcosystemCache, redisEcosystemCache } from './stores/ecosystem-cache';
import { FallbackStore } from './stores/fallback.store';
import type { InvalidationFeed } from './stores/invalidation-feed';
import { KeyvStore } from './stores/keyv.store';
import type { LocalEntries } from './stores/local-entries';
import { MemoryStore } from './stores/memory.store';
import { NoneStore } from './stores/none.store';
import type { RedisConnection } from './stores/redis-connection';
import { RedisStore } from './stores/redis.store';
import { TellingStore } from './stores/telling.store';

const store: FactoryProvider<CacheStore> = {
  provide: CACHE_STORE,
  inject: [
    CacheConfig,
    LOCAL_ENTRIES,
    CLUSTER_NODES,
    REDIS_CONNECTION,
    INVALIDATION_FEED,
    { token: CUSTOM_STORE, optional: true },
  ],
  useFactory: (
    config: CacheConfig,
    local: LocalEntries,
    cluster: ClusterNodes | null,
    redis: RedisConnection | null,
    changes: InvalidationFeed | null,
    custom: Keyv | CacheManagerStore | undefined,
  ) => {
    if (custom && config.enabled) return new KeyvStore(custom, config.memoryMaxEntries, config.deadlineMs);
    const shared = sharedStore(config, local, cluster, redis, changes);
    if (config.effectiveStore === 'none') return shared ? new TellingStore(shared) : new NoneStore();
    return shared ?? new MemoryStore(config.memoryBounds);
  },
};

function sharedStore(
  config: CacheConfig,
  local: LocalEntries,
  cluster: ClusterNodes | null,
  redis: RedisConnection | null,
  changes: InvalidationFeed | null,
): CacheStore | undefined {
  if (cluster) {
    if (config.leased !== undefined)
      new Logger('Cache').warn('In a Redis Cluster nothing is leased: CACHE_LEASED is validated');
    return new ClusterStore(cluster, local);
  }
  if (!redis || !changes) return undefined;
  const meanwhile = config.fallback === 'memory' ? new MemoryStore(config.memoryBounds) : undefined;
  const redisStore = new RedisStore(redis.client, config.keyPrefix, local, changes);
  return new FallbackStore(redis, redisStore, config.deadlineMs, meanwhile);
}

const ecosystemCache: FactoryProvider<EcosystemCache> = {
  provide: CACHE_MANAGER,
  inject: [CacheConfig, CLUSTER_NODES, REDIS_CONNECTION],
  useFactory: (config: CacheConfig, cluster: ClusterNodes | null, redis: RedisConnection | null) => {
    if (config.effectiveStore === 'none') return emptyEcosystemCache();
    if (cluster) return clusterEcosystemCache(cluster, config.keyPrefix, config.deadlineMs);
    if (!redis) return memoryEcosystemCache(config.memoryMaxEntries);
    return redisEcosystemCache(redis.client, config.keyPrefix, config.deadlineMs);
  },
};

export const storeProviders = [...redisProviders, store, ecosystemCache];
