import type { CacheManagerStore } from 'cache-manager';
import { Keyv } from 'keyv';
import type { CacheStore } from '../../src/cache/store';
import { InvalidationFeed } from '../../src/cache/stores/invalidation-feed';
import { KeyvStore } from '../../src/cache/stores/keyv.store';
import { LocalEntries } from '../../src/cache/stores/local-entries';
import { MemoryStore } from '../../src/cache/stores/memory.store';
import { NoneStore } from '../../src/cache/stores/none.store';
import { RedisConnection } from '../../src/cache/stores/redis-connection';
import { RedisStore } from '../../src/cache/stores/redis.store';
import { openCache } from '../support/open-cache';
import { startCluster } from '../support/redis-cluster';
import { canStartRedis, sharedRedisUrl } from '../support/redis-server';
import { describeCacheStore } from './cache-store.contract';

const bounds = { maxBytes: 10_000_000, maxEntries: 1_000 };
const plain = (store: CacheStore) => () => Promise.resolve({ store, close: () => Promise.resolve() });

function cacheManagerStore(): CacheManagerStore {
  const values = new Map<string, unknown>();
  return {
    name: 'map',
    get: (key) => Promise.resolve(values.get(key)),
    mget: (...keys) => Promise.resolve(keys.map((key) => values.get(key))),
    set: (key, value) => Promise.resolve(values.set(key, value)),
    mset: () => Promise.reject(new Error('not asked for')),
    del: (key) => Promise.resolve(void values.delete(key)),
    mdel: () => Promise.reject(new Error('not asked for')),
    ttl: () => Promise.resolve(0),
    keys: () => Promise.resolve([...values.keys()]),
  };
}

describeCacheStore('memory', plain(new MemoryStore(bounds)), { keeps: true });
describeCacheStore('custom: any Keyv', plain(new KeyvStore(new Keyv(), 1_000, 1_000)), { keeps: true, held: false });
describeCacheStore('custom: any store of cache-manager', plain(new KeyvStore(cacheManagerStore(), 1_000, 1_000)), {
  keeps: true,
  held: false,
});
describeCacheStore('none', plain(new NoneStore()), { keeps: false });

if (sharedRedisUrl === undefined) {
  process.stdout.write('skipped, there is no Redis: CacheStore over redis\n');
} else {
  const url = sharedRedisUrl;

  describeCacheStore(
    'redis',
    async () => {
      const connection = new RedisConnection(url, 1_000);
      const feed = new InvalidationFeed(url, 'contract', 1_000);
      const store = new RedisStore(connection.client, 'contract', new LocalEntries(bounds), feed);
      const connected = new Promise<void>((resolve) => {
        connection.serve({
          onConnected: (runId) => {
            store.begin(runId);
            resolve();
            return Promise.resolve();
          },
          onLost: () => undefined,
        });
      });
      connection.onApplicationBootstrap();
      await connected;
      return { store, close: () => Promise.all([connection.onApplicationShutdown(), feed.onApplicationShutdown()]) };
    },
    { keeps: true, shared: true },
  );

  // A second instance reads what the first has stored: nothing of it is in the reader's own memory.
  describeCacheStore(
    'redis, written by another instance',
    async () => {
      const settings = { REDIS_URL: url, CACHE_KEY_PREFIX: 'contract-two', CACHE_DEADLINE_MS: '5000' };
      const [writer, reader] = await Promise.all([openCache(settings), openCache(settings)]);
      await writer.connected();
      await reader.connected();
      const store = {
        read: reader.store.read.bind(reader.store),
        write: writer.store.write.bind(writer.store),
        claim: writer.store.claim.bind(writer.store),
        release: reader.store.release.bind(reader.store),
        mark: writer.store.mark.bind(writer.store),
        evict: writer.store.evict.bind(writer.store),
        status: writer.store.status.bind(writer.store),
      };
      return { store, close: () => Promise.all([writer.close(), reader.close()]) };
    },
    { keeps: true, shared: true },
  );

  describeCacheStore(
    'fallback over redis',
    async () => {
      const opened = await openCache({
        REDIS_URL: url,
        CACHE_KEY_PREFIX: 'contract-fallback',
        CACHE_DEADLINE_MS: '5000',
      });
      await opened.connected();
      return opened;
    },
    { keeps: true, shared: true },
  );
}

if (canStartRedis) {
  const openCluster = async (settings: Readonly<Record<string, string>> = {}) => {
    const cluster = await startCluster();
    const opened = await openCache({ REDIS_URL: cluster.url, CACHE_DEADLINE_MS: '5000', ...settings });
    await opened.connected();
    const close = async (): Promise<void> => {
      await opened.close();
      await cluster.stop();
    };
    return { ...opened, cluster, close };
  };

  describeCacheStore('redis cluster', openCluster, { keeps: true, shared: true });
} else process.stdout.write('skipped, there is no redis-server to start: CacheStore over a redis cluster\n');
