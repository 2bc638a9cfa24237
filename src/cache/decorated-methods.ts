import 'reflect-metadata';
import type { CacheEvictOptions } from './cache-evict.decorator';
import type { CachePutOptions } from './cache-put.decorator';
import type { CacheableOptions } from './cacheable.decorator';

const CACHEABLE = Symbol('cacheable');
const CACHE_EVICT = Symbol('cache-evict');
const CACHE_PUT = Symbol('cache-put');

/** For async methods whose first parameters are Args; the compiler refuses others. */
export type AsyncMethodDecorator<Args extends unknown[], Result = unknown> = <
  Method extends (...args: [...Args, ...never[]]) => Promise<Result>,
>(
  prototype: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What the decorators say about one method. */
export interface DecoratedMethod {
  readonly name: string | symbol;
  readonly method: (...args: unknown[]) => unknown;
  /** Declared to return something else than a promise, as far as the compiler has noted it. */
  readonly sync: boolean;
  readonly cacheable?: CacheableOptions<unknown[]>;
  readonly cacheEvict?: CacheEvictOptions<unknown[]>;
  readonly cachePut?: CachePutOptions<unknown[]>;
}

export function recordCacheable(prototype: object, name: string | symbol, options: CacheableOptions<unknown[]>): void {
  Reflect.defineMetadata(CACHEABLE, options, prototype, name);
}

export function recordCacheEvict(
  prototype: object,
  name: string | symbol,
  options: CacheEvictOptions<unknown[]>,
): void {
  Reflect.defineMetadata(CACHE_EVICT, options, prototype, name);
}

export function recordCachePut(prototype: object, name: string | symbol, options: CachePutOptions<unknown[]>): void {
  Reflect.defineMetadata(CACHE_PUT, options, prototype, name);
}

/** The decorated methods of a class, inherited ones included; an override without decorators has none. */
export function decoratedMethodsOf(prototype: object): DecoratedMethod[] {
  const seen = new Set<string | symbol>();
  const found: DecoratedMethod[] = [];
  let owner: object | null = prototype;
  while (owner !== null && owner !== Object.prototype) {
    for (const name of Reflect.ownKeys(owner)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const decorated = describe(owner, name);
      if (decorated) found.push(decorated);
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return found;
}

function describe(owner: object, name: string | symbol): DecoratedMethod | undefined {
  const cacheable = Reflect.getOwnMetadata(CACHEABLE, owner, name) as CacheableOptions<unknown[]> | undefined;
  const cacheEvict = Reflect.getOwnMetadata(CACHE_EVICT, owner, name) as CacheEvictOptions<unknown[]> | undefined;
  const cachePut = Reflect.getOwnMetadata(CACHE_PUT, owner, name) as CachePutOptions<unknown[]> | undefined;
  if (!cacheable && !cacheEvict && !cachePut) return undefined;
  const method: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
  if (typeof method !== 'function') return undefined;
  const returns: unknown = Reflect.getOwnMetadata('design:returntype', owner, name);
  return {
    name,
    method: method as DecoratedMethod['method'],
    sync: returns !== undefined && returns !== Promise && returns !== Object,
    ...(cacheable && { cacheable }),
    ...(cacheEvict && { cacheEvict }),
    ...(cachePut && { cachePut }),
  };
}
