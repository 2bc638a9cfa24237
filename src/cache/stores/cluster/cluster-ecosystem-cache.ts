import type { Cache, CacheManagerStore } from 'cache-manager';
import { boundedStore, ecosystemCacheOver } from '../ecosystem-cache';
import type { ClusterNodes } from './cluster-nodes';
import { scopedName, shardOfOwner } from './shards';

/** The ecosystem's interface over a Redis Cluster: each key is asked for where it is, whatever the others are. */
export function clusterEcosystemCache(nodes: ClusterNodes, keyPrefix: string, deadlineMs: number): Cache {
  const storeOf = (key: string): CacheManagerStore => {
    const shard = shardOfOwner(key);
    const node = nodes.keeperOf(shard);
    if (!node) throw new Error('The nodes of the cluster are not known yet');
    return boundedStore(node.connection.client, `${keyPrefix}:manager:${scopedName(shard, '')}`, deadlineMs);
  };
  const each = async (keys: readonly string[], act: (store: CacheManagerStore, key: string) => Promise<void>) => {
    await Promise.all(keys.map(async (key) => act(storeOf(key), key)));
  };
  return ecosystemCacheOver({
    name: 'redis cluster',
    get: async (key) => (await storeOf(key).get(key)) as unknown,
    set: async (key, value, ttl) => (await storeOf(key).set(key, value, ttl)) as unknown,
    del: async (key) => storeOf(key).del(key),
    ttl: async (key) => storeOf(key).ttl(key),
    mget: (...keys) => Promise.all<unknown>(keys.map(async (key) => (await storeOf(key).get(key)) as unknown)),
    mset: (data, ttl) => each(Object.keys(data), (store, key) => store.set(key, data[key], ttl)),
    mdel: (...keys) => each(keys, (store, key) => store.del(key)),
    keys: () => Promise.reject(new Error('Keys of a shared Redis are not listed')),
    reset: () => Promise.reject(new Error('A shared Redis is not flushed: delete keys by name')),
  });
}
