import type { FactoryProvider } from '@nestjs/common';
import { CacheConfig } from './cache.config';
import { ONE_SERVER, oneServerProviders, type OneServer } from './one-server';
import { ClusterNodes } from './stores/cluster/cluster-nodes';
import { InvalidationFeed } from './stores/invalidation-feed';
import { LocalEntries } from './stores/local-entries';
import { RedisConnection } from './stores/redis-connection';

export const LOCAL_ENTRIES = Symbol('local-entries');
export const REDIS_CONNECTION = Symbol('redis-connection');
export const INVALIDATION_FEED = Symbol('invalidation-feed');
export const CLUSTER_NODES = Symbol('cluster-nodes');

const localEntries: FactoryProvider<LocalEntries> = {
  provide: LOCAL_ENTRIES,
  inject: [CacheConfig],
  useFactory: ({ memoryBounds }: CacheConfig) => new LocalEntries(memoryBounds),
};

/** Null without Redis, and with a cluster. A provider of its own, so that Nest opens it after boot and closes it last. */
const connection: FactoryProvider<RedisConnection | null> = {
  provide: REDIS_CONNECTION,
  inject: [CacheConfig, ONE_SERVER],
  useFactory: (config: CacheConfig, server: OneServer | null) => {
    if (!server || !config.tellsRedis || config.redisAddress?.kind === 'cluster') return null;
    return new RedisConnection(server.url, config.deadlineMs, 'Redis', server.locator);
  },
};

/** Null likewise, and a provider for the same reason. It connects when something is read under a lease. */
const feed: FactoryProvider<InvalidationFeed | null> = {
  provide: INVALIDATION_FEED,
  inject: [CacheConfig, ONE_SERVER],
  useFactory: (config: CacheConfig, server: OneServer | null) => {
    if (!server || !config.tellsRedis || config.redisAddress?.kind === 'cluster') return null;
    return new InvalidationFeed(server.url, config.keyPrefix, config.deadlineMs, server.locator);
  },
};

/** Null without a cluster. */
const clusterNodes: FactoryProvider<ClusterNodes | null> = {
  provide: CLUSTER_NODES,
  inject: [CacheConfig, LOCAL_ENTRIES],
  useFactory: ({ tellsRedis, redisAddress, keyPrefix, deadlineMs }: CacheConfig, local: LocalEntries) => {
    if (!tellsRedis || redisAddress?.kind !== 'cluster') return null;
    return new ClusterNodes(redisAddress, keyPrefix, deadlineMs, local);
  },
};

export const redisProviders = [...oneServerProviders, localEntries, connection, feed, clusterNodes];
