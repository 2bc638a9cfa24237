import type { FactoryProvider } from '@nestjs/common';
import { CacheConfig } from './cache.config';
import { ShardLocator } from './stores/cluster/shard-locator';
import { scopedName, shardOfOwner } from './stores/cluster/shards';
import type { ServerLocator } from './stores/redis-connection';
import { Sentinels } from './stores/sentinels';

const SENTINELS = Symbol('sentinels');
export const ONE_SERVER = Symbol('one-server');

/** How to reach one server, whatever REDIS_URL names. */
export interface OneServer {
  readonly url: string;
  readonly locator: ServerLocator | undefined;
  /** Of all keys there: in a Redis Cluster they share a slot. */
  readonly keyPrefix: string;
}

/** Null where no sentinels are named. A provider, so that Nest opens and closes their connections. */
const sentinels: FactoryProvider<Sentinels | null> = {
  provide: SENTINELS,
  inject: [CacheConfig],
  useFactory: ({ redisAddress, deadlineMs }: CacheConfig) => {
    if (redisAddress?.kind !== 'sentinel') return null;
    return new Sentinels(redisAddress.sentinelUrls, redisAddress.masterName, deadlineMs);
  },
};

/** Null without REDIS_URL. */
const oneServer: FactoryProvider<OneServer | null> = {
  provide: ONE_SERVER,
  inject: [CacheConfig, SENTINELS],
  useFactory: ({ redisAddress, keyPrefix, deadlineMs }: CacheConfig, master: Sentinels | null): OneServer | null => {
    if (!redisAddress) return null;
    if (redisAddress.kind !== 'cluster') return { url: redisAddress.url, locator: master ?? undefined, keyPrefix };
    const shard = shardOfOwner(keyPrefix);
    const locator = new ShardLocator(redisAddress, shard, deadlineMs);
    // Its host does not matter: the locator tells it.
    const url = redisAddress.urlOf({ host: 'localhost', port: 6_379 });
    return { url, locator, keyPrefix: scopedName(shard, keyPrefix) };
  },
};

export const oneServerProviders = [sentinels, oneServer];
