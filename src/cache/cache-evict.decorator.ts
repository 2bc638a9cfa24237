import type { CacheKey } from './cache-key';
import type { CacheName } from './cache-names';
import { recordCacheEvict, type AsyncMethodDecorator } from './decorated-methods';
import type { EvictionOptions } from './eviction';
import type { TagList } from './tag-list';

/** Each is fixed, or made from the method's arguments before it runs. */
export interface CacheEvictOptions<Args extends unknown[]> extends EvictionOptions {
  readonly tags?: TagList<Args>;
  readonly keys?: readonly CacheKey[] | ((...args: Args) => readonly CacheKey[]);
  /** `risk:list:*`: a readable beginning of keys. */
  readonly pattern?: string | readonly string[] | ((...args: Args) => string | readonly string[]);
  /** Everything the current tenant has in these caches; all that is in one which tenants share. */
  readonly allEntries?: CacheName | readonly CacheName[];
  /** Evicts before the method runs as well, and whatever comes of it: also when it throws. */
  readonly beforeInvocation?: boolean;
}

/**
 * Evicts around the COMMIT of each transaction that the method opens or runs in, and when it has returned, before the
 * caller is answered. Nothing is evicted when it throws without having committed. For async methods of singleton
 * providers.
 */
export function CacheEvict<Args extends unknown[] = never[]>(
  options: CacheEvictOptions<Args>,
): AsyncMethodDecorator<Args> {
  return (prototype, name) => recordCacheEvict(prototype, name, options as unknown as CacheEvictOptions<unknown[]>);
}
