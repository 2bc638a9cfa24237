import type { CacheEvictOptions } from './cache-evict.decorator';
import type { CacheableOptions } from './cacheable.decorator';
import { recordCachePut, type AsyncMethodDecorator } from './decorated-methods';

/**
 * `cache`, `key`, `tags`, `visibility` and `reach` are those of the reader whose answers these are. `condition` false or `unless`
 * true: nothing is stored, and evicted all the same.
 */
export interface CachePutOptions<Args extends unknown[], Result = unknown> extends Omit<
  CacheableOptions<Args, Result>,
  'mode' | 'resultTags'
> {
  /** What the write makes old besides its key and the tags of it. */
  readonly evicts?: Omit<CacheEvictOptions<Args>, 'beforeInvocation'>;
}

/**
 * Evicts as `@CacheEvict` does, and stores what the method returns: the next read is a hit. Only where that is right: a
 * transaction was committed and nobody else has changed what the key depends on since the method was called; else the
 * next read loads. The method returns exactly what the reader of the key would, read after it was called. In a larger
 * transaction the last word on a key is stored at its COMMIT. For async methods of singleton providers.
 */
export function CachePut<Args extends unknown[] = never[], Result = unknown>(
  options: CachePutOptions<Args, Result>,
): AsyncMethodDecorator<Args, Result> {
  return (prototype, name) => recordCachePut(prototype, name, options as unknown as CachePutOptions<unknown[]>);
}
