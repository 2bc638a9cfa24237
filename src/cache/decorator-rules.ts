import type { CacheEvictOptions } from './cache-evict.decorator';
import type { CachePutOptions } from './cache-put.decorator';
import { isCacheName, NAMED_CACHES, type NamedCache } from './cache-names';
import type { CacheableOptions } from './cacheable.decorator';
import type { DecoratedMethod } from './decorated-methods';
import { resolveEviction } from './eviction';
import type { Tag } from './tag';

/** Of an entry: as long as the cells that a change has renewed. */
export const LONGEST_LIFE_SECONDS = 48 * 3_600;

/** What is wrong with the decorators of a method, as far as it can be known before the method is called. */
export function misuseOf({ sync, cacheable, cacheEvict, cachePut }: DecoratedMethod): string[] {
  const problems: string[] = [];
  if (sync) problems.push('does not return a promise: only async methods can be cached');
  if (cacheable && cacheEvict) problems.push('has both @Cacheable and @CacheEvict: a hit would never evict');
  if (cachePut && cacheable) problems.push('has both @Cacheable and @CachePut: a hit would never write');
  if (cachePut && cacheEvict) problems.push('has both @CacheEvict and @CachePut: name it in `evicts`');
  if (cacheable) problems.push(...misuseOfCacheable(cacheable));
  if (cacheEvict) problems.push(...misuseOfCacheEvict(cacheEvict));
  if (cachePut) problems.push(...misuseOfCachePut(cachePut));
  return problems;
}

function misuseOfCacheable(options: CacheableOptions<unknown[]>): string[] {
  const { cache, key, tags, resultTags, visibility, reach, ...lives } = options;
  if (!isCacheName(cache)) return [`names an unknown cache ${JSON.stringify(cache)}`];
  const problems: string[] = [];
  if (typeof key !== 'function') problems.push('has no key function');
  for (const name of ['ttlSeconds', 'nullTtlSeconds'] as const) {
    const life = lives[name];
    if (life !== undefined && !(life > 0 && life <= LONGEST_LIFE_SECONDS)) {
      problems.push(`has ${name} ${life}: it must be positive, and at most ${LONGEST_LIFE_SECONDS}`);
    }
  }
  const { shared, owned = false }: NamedCache = NAMED_CACHES[cache];
  if (owned && !reach?.length) problems.push(`says no reach, but what is in the cache ${cache} belongs to somebody`);
  if (resultTags?.among.some((tag) => tag.shared !== shared)) {
    problems.push(`has resultTags that are ${shared ? 'of one tenant' : 'shared by all'}: the cache ${cache} is not`);
  }
  if (shared) {
    if (reach) problems.push(`has a reach, but all tenants share the cache ${cache}`);
    if (visibility !== undefined) problems.push(`has a visibility, but all tenants share the cache ${cache}`);
    if (Array.isArray(tags) && tags.some((tag: Tag | object) => 'shared' in tag && !tag.shared)) {
      problems.push(`has a tag of one tenant, but all tenants share the cache ${cache}: use sharedTag()`);
    }
  }
  return problems;
}

function misuseOfCacheEvict({ tags, keys, pattern, allEntries }: CacheEvictOptions<unknown[]>): string[] {
  const unknown = [allEntries ?? []].flat().filter((cache) => !isCacheName(cache));
  if (unknown.length > 0) return [`names an unknown cache ${JSON.stringify(unknown[0])}`];
  if ([tags, keys, pattern, allEntries].every((target) => target === undefined)) return ['evicts nothing'];
  if (pattern === undefined || typeof pattern === 'function') return [];
  try {
    resolveEviction({ pattern }, () => 'any');
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function misuseOfCachePut({ evicts, ...reading }: CachePutOptions<unknown[]>): string[] {
  return [...misuseOfCacheable(reading), ...(evicts ? misuseOfCacheEvict(evicts) : [])];
}
