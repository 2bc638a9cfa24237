import { Cacheable } from 'cacheable';
import { installedVersion, TTL_MS, type Library, type OpenLibrary, type StoreKind } from './library';
import { redisKeyv } from './redis-keyv';

export const cacheable: Library = {
  name: 'cacheable',
  version: installedVersion('cacheable'),
  checks: {
    memory: 'the versions of its tags, if it has tags',
    redis: 'the same, with two GETs more; without tags nothing',
    tiered: 'the same, in Redis; without tags nothing, and what another process evicts stays in the memory of this one',
  },
  open,
};

async function open(kind: StoreKind, redisUrl: string): Promise<OpenLibrary> {
  const redis = kind === 'memory' ? undefined : await redisKeyv(redisUrl, 'cacheable');
  const stores = redis && (kind === 'tiered' ? { secondary: redis.keyv } : { primary: redis.keyv });
  const untagged = new Cacheable({ ttl: TTL_MS, ...stores });
  const tagged = new Cacheable({ ttl: TTL_MS, tags: true, ...stores });
  return {
    read: (key, load, tag) => (tag === undefined ? untagged.getOrSet(key, load) : readTagged(tagged, key, load, tag)),
    evictTag: (tag) => tagged.tags.invalidateTag(tag),
    evictKey: (key) => untagged.delete(key),
    close: async () => redis?.close(),
  };
}

/** Its `getOrSet` takes no tags. */
async function readTagged(cache: Cacheable, key: string, load: () => Promise<unknown>, tag: string): Promise<unknown> {
  const held = await cache.get(key);
  if (held !== undefined) return held;
  const loaded = await load();
  await cache.set(key, loaded, { tags: [tag] });
  return loaded;
}
