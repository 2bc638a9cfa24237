import { CACHE_NAMES, NAMED_CACHES, type CacheName } from '../cache/cache-names';
import type { CacheStats } from '../cache/cache-stats.reader';
import { LONGEST_READABLE } from '../cache/readable-tag';
import { Choice, ChoiceList, Decimal, Integer, Nested, NestedList, Text, TextList } from '../http/fields.decorator';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** What all tenants share, no tenant evicts. */
const EVICTABLE_CACHES = CACHE_NAMES.filter((name) => !NAMED_CACHES[name].shared);

class CacheRequestsResponse {
  @Integer({ ...COUNT, example: 940 })
  hit!: number;

  @Integer({ ...COUNT, example: 55 })
  miss!: number;

  @Integer({ ...COUNT, about: 'Not cached on purpose, or while a change was being committed.', example: 5 })
  bypass!: number;

  @Integer({ ...COUNT, about: 'Redis was out of reach.', example: 0 })
  degraded!: number;
}

class NamedCacheResponse {
  @Choice(CACHE_NAMES, { example: 'risk' })
  name!: string;

  @Nested(() => CacheRequestsResponse, { about: 'Of this process, since boot.' })
  requests!: CacheRequestsResponse;

  @Decimal({ min: 0, max: 1, nullable: true, about: 'Hits among all requests; null before the first.', example: 0.94 })
  hitRate!: number | null;

  @Integer({ min: 1, max: 86_400, about: 'Life of an entry, +-10 %.', example: 300 })
  ttlSeconds!: number;

  @Choice(['validated', 'lease'], { about: 'lease: answers may be 300 ms behind.', example: 'validated' })
  mode!: string;
}

export class CacheStatsResponse {
  @Text({ max: 20, about: 'Where entries live: redis, memory, custom or none.', example: 'redis' })
  store!: string;

  @TextList({
    maxItems: 3,
    max: 20,
    about: 'Where answers can come from, the nearest first.',
    example: ['memory', 'redis'],
  })
  tiers!: string[];

  @Choice(['closed', 'half-open', 'open'], {
    about: 'open: Redis is out of reach and not asked; half-open: it is being brought up to date.',
    example: 'closed',
  })
  breaker!: string;

  @Decimal({
    ...COUNT,
    nullable: true,
    about: 'Milliseconds since all changes up to then were known here; null when nothing is leased.',
    example: 12.5,
  })
  leaseAgeMs!: number | null;

  @Integer({ ...COUNT, about: 'To be made up for before Redis is served from again.', example: 0 })
  deferredEvictions!: number;

  @Integer({ ...COUNT, about: 'Values held in this process.', example: 1200 })
  entries!: number;

  @Integer({ ...COUNT, about: 'Their estimated memory.', example: 4_800_000 })
  bytes!: number;

  @NestedList(() => NamedCacheResponse, { maxItems: 100 })
  caches!: NamedCacheResponse[];
}

export function toCacheStatsResponse({ kind, leaseAgeMs = Infinity, ...stats }: CacheStats): CacheStatsResponse {
  const { tiers, breaker, deferredEvictions, entries, bytes, caches } = stats;
  return {
    store: kind,
    tiers: [...tiers],
    breaker,
    leaseAgeMs: Number.isFinite(leaseAgeMs) ? leaseAgeMs : null,
    deferredEvictions,
    entries,
    bytes,
    caches: caches.map(({ hitRate, ...cache }) => ({ ...cache, hitRate: hitRate ?? null })),
  };
}

/** What is evicted is evicted for the caller's tenant. */
export class EvictRequest {
  @TextList({ maxItems: 100, max: LONGEST_READABLE, optional: true, about: 'Tags.', example: ['risk:all'] })
  tags?: string[];

  @TextList({
    maxItems: 100,
    max: LONGEST_READABLE,
    optional: true,
    about: 'Keys, without what is in front of them in the store.',
  })
  keys?: string[];

  @TextList({
    maxItems: 100,
    max: LONGEST_READABLE,
    optional: true,
    about: 'Beginnings of keys: up to the first part that is an object, then `:*`.',
    example: ['risk:list:*'],
  })
  patterns?: string[];

  @ChoiceList(EVICTABLE_CACHES, { optional: true, about: 'Everything in these caches.', example: ['dashboard'] })
  caches?: CacheName[];
}

export class EvictResponse {
  @Choice(['ok', 'deferred'], {
    about:
      'ok: no instance can answer with what was there before. deferred: Redis is out of reach; other instances may until it is back here.',
    example: 'ok',
  })
  status!: string;

  @TextList({
    maxItems: 400,
    max: LONGEST_READABLE,
    about: 'As it was named; a cache as a pattern.',
    example: ['risk:all', 'risk:list:*', 'dashboard:*'],
  })
  evicted!: string[];
}
