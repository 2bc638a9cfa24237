import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { installedVersion, MOST_ENTRIES, TTL_MS, type Library, type OpenLibrary, type StoreKind } from './library';

export const bentocache: Library = {
  name: 'bentocache',
  version: installedVersion('bentocache'),
  checks: {
    memory: 'when its tags were last evicted, by the clock, if it has tags',
    redis: 'the same, with one GET more for each tag; without tags nothing',
    tiered:
      'its own copy of when its tags were last evicted, which a message over pub/sub renews; without tags nothing',
  },
  open,
};

async function open(kind: StoreKind, redisUrl: string): Promise<OpenLibrary> {
  const cache = new BentoCache({ default: 'it', prefix: 'bench', stores: { it: await storeOf(kind, redisUrl) } });
  return {
    read: (key, load, tag) =>
      cache.getOrSet({ key, factory: load, ttl: TTL_MS, ...(tag !== undefined && { tags: [tag] }) }),
    evictTag: (tag) => cache.deleteByTag({ tags: [tag] }),
    evictKey: (key) => cache.delete({ key }),
    close: () => cache.disconnectAll(),
  };
}

async function storeOf(kind: StoreKind, redisUrl: string): Promise<ReturnType<typeof bentostore>> {
  const memory = memoryDriver({ maxItems: MOST_ENTRIES });
  if (kind === 'memory') return bentostore().useL1Layer(memory);
  // Needs ioredis, which it does not bring along.
  const { redisDriver, redisBusDriver } = await import('bentocache/drivers/redis');
  const { hostname: host, port } = new URL(redisUrl);
  const connection = { host, port: Number(port) };
  const store = bentostore().useL2Layer(redisDriver({ connection }));
  return kind === 'redis' ? store : store.useL1Layer(memory).useBus(redisBusDriver({ connection }));
}
