import { createCache, KeyvAdapter, type Cache, type CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { withinDeadline } from './deadline';
import type { RedisClient } from './redis-connection';

/**
 * What `CACHE_MANAGER` of @nestjs/cache-manager gives to code that expects the ecosystem's interface: plain keys and
 * values without tenants, tags or fences. Our own rooms use {@link Cache}.
 */
export function redisEcosystemCache(client: RedisClient, keyPrefix: string, deadlineMs: number): Cache {
  return ecosystemCacheOver(boundedStore(client, `${keyPrefix}:manager:`, deadlineMs));
}

export function ecosystemCacheOver(store: CacheManagerStore): Cache {
  return cacheOver(new Keyv(new KeyvAdapter(store), { useKeyPrefix: false, throwOnErrors: true }));
}

export function memoryEcosystemCache(maxEntries: number): Cache {
  return cacheOver(new Keyv({ store: new LRUCache<string, object>({ max: maxEntries }), useKeyPrefix: false }));
}

/** For CACHE_ENABLED=false: accepts everything and finds nothing. */
export function emptyEcosystemCache(): Cache {
  const nowhere = { get: () => undefined, set: () => true, delete: () => false, clear: () => undefined };
  return cacheOver(new Keyv({ store: nowhere, useKeyPrefix: false }));
}

function cacheOver(keyv: Keyv): Cache {
  // The store below writes JSON itself.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return createCache({ stores: [keyv] });
}

/**
 * cache-manager-redis-yet, made safe: its own `keyPrefix` is ignored by mget and mdel, its commands can wait for ever,
 * and its reset is a FLUSHDB, which would take the generation cells along.
 */
export function boundedStore(client: RedisClient, prefix: string, deadlineMs: number): CacheManagerStore {
  // Its types come from the `redis` package, whose client is this one with modules that are not used here.
  const store = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
  const bounded = <T>(command: Promise<T>): Promise<T> => withinDeadline(command, deadlineMs);
  const named = (key: string): string => prefix + key;
  return {
    name: store.name,
    isCacheable: store.isCacheable,
    get: (key) => bounded(store.get(named(key))),
    set: (key, value: unknown, ttl) => bounded(store.set(named(key), value, ttl)),
    del: (key) => bounded(store.del(named(key))),
    ttl: (key) => bounded(store.ttl(named(key))),
    mget: (...keys) => bounded(store.mget(...keys.map(named))),
    mset: (data, ttl) =>
      bounded(
        store.mset(
          Object.entries(data).map(([key, value]) => [named(key), value as unknown]),
          ttl,
        ),
      ),
    mdel: (...keys) => bounded(store.mdel(...keys.map(named))),
    keys: () => Promise.reject(new Error('Keys of a shared Redis are not listed')),
    reset: () => Promise.reject(new Error('A shared Redis is not flushed: delete keys by name')),
  };
}
