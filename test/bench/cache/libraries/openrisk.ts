import type { CacheKey } from '../../../../src/cache/cache-key';
import { tag } from '../../../../src/cache/tag';
import type { EvictionResult } from '../../../../src/cache/evictions';
import { asTenant, openCache } from '../../../support/open-cache';
import { until } from '../../../support/until';
import { MOST_ENTRIES, TTL_MS, type Library, type OpenLibrary, type StoreKind } from './library';

const EVERY_CELL = 'that no write has touched it: every generation it depends on';

export const openrisk: Library = {
  name: 'openrisk',
  version: 'this tree',
  checks: {
    memory: EVERY_CELL,
    redis: `${EVERY_CELL}, with Redis; the decoded value is kept in the process`,
    tiered: `${EVERY_CELL}, as of at most 300 ms ago (lease)`,
  },
  open,
};

async function open(kind: StoreKind, redisUrl: string): Promise<OpenLibrary> {
  const opened = await openCache({
    ...(kind === 'memory' ? { CACHE_STORE: 'memory' } : { REDIS_URL: redisUrl }),
    ...(kind === 'tiered' && { CACHE_LEASED: 'asset' }),
    CACHE_KEY_PREFIX: 'bench',
    CACHE_DEADLINE_MS: '5000',
    CACHE_ASSET_TTL_SECONDS: `${TTL_MS / 1_000}`,
    CACHE_MEMORY_MAX_ENTRIES: `${MOST_ENTRIES}`,
    CACHE_MEMORY_MAX_BYTES: `${4 * 1024 ** 3}`,
  });
  await opened.connected();
  const question = (key: string): CacheKey => ({ cache: 'asset', key: ['id', key] });
  const read: OpenLibrary['read'] = (key, load, group) =>
    asTenant('one', () =>
      opened.cache.getOrLoad(question(key), load, group === undefined ? {} : { tags: [tag('bench', group)] }),
    );
  if (kind === 'tiered') {
    await read('lease', () => Promise.resolve(1));
    await until(() => (opened.health.cacheHealth().leaseAgeMs ?? Infinity) < 300);
  }
  return {
    read,
    evictTag: (group) => asTenant('one', async () => now(await opened.cache.evict({ tags: [tag('bench', group)] }))),
    evictKey: (key) => asTenant('one', async () => now(await opened.cache.evict({ keys: [question(key)] }))),
    close: () => opened.close(),
  };
}

function now({ status }: EvictionResult): void {
  if (status !== 'ok') throw new Error(`Redis was lost: an eviction is ${status}`);
}
