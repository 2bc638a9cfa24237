import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Cache, type ReadOptions } from './cache';
import type { CacheEvictOptions } from './cache-evict.decorator';
import type { CachePutOptions } from './cache-put.decorator';
import type { CacheableOptions } from './cacheable.decorator';
import { decoratedMethodsOf, type DecoratedMethod } from './decorated-methods';
import { misuseOf } from './decorator-rules';
import type { EvictionTargets } from './eviction';
import { tagsOf } from './tag-list';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Method = (...args: unknown[]) => Promise<unknown>;

/** The boot stops with this; the message lists every wrong use of the cache decorators at once. */
export class MisusedCacheDecorators extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The cache decorators are misused:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'MisusedCacheDecorators';
  }
}

/**
 * Gives the decorators their effect: replaces decorated methods on the instances of providers, so that calls through
 * `this` pass the cache too. Runs before the hooks of all other modules, since the module is global.
 */
@Injectable()
export class CacheExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly cache: Cache,
  ) {}

  /** @throws MisusedCacheDecorators */
  onModuleInit(): void {
    const problems = this.discovery.getControllers().flatMap(controllerProblems);
    const seen = new Set<object>();
    const found: { instance: object; decorated: DecoratedMethod }[] = [];
    for (const wrapper of this.discovery.getProviders()) {
      const prototype = prototypeOf(wrapper);
      if (!prototype) continue;
      const methods = decoratedMethodsOf(prototype);
      if (methods.length === 0) continue;
      const owner = nameOf(prototype);
      if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
        problems.push(`${owner} is request-scoped or transient: only singletons can be cached`);
        continue;
      }
      const instance = wrapper.instance as object;
      if (seen.has(instance)) continue;
      seen.add(instance);
      for (const decorated of methods) {
        problems.push(...misuseOf(decorated).map((what) => `${owner}.${String(decorated.name)} ${what}`));
        found.push({ instance, decorated });
      }
    }
    if (problems.length > 0) throw new MisusedCacheDecorators(problems);
    for (const { instance, decorated } of found) this.wrap(instance, decorated);
  }

  private wrap(instance: object, { name, method, cacheable, cacheEvict, cachePut }: DecoratedMethod): void {
    const original = method.bind(instance) as Method;
    const value =
      (cacheable && this.reading(original, cacheable)) ??
      (cacheEvict && this.evicting(original, cacheEvict)) ??
      (cachePut && this.putting(original, cachePut));
    Object.defineProperty(instance, name, { value, configurable: true, writable: true });
  }

  private reading(method: Method, options: CacheableOptions<unknown[]>): Method {
    const { cache, key } = options;
    const readOptions = readOptionsOf(options);
    return async (...args) =>
      this.cache.getOrLoad({ cache, key: key(...args) }, () => method(...args), readOptions(args));
  }

  private putting(method: Method, { evicts = {}, ...options }: CachePutOptions<unknown[]>): Method {
    const { cache, key } = options;
    const readOptions = readOptionsOf(options);
    return async (...args) => {
      const question = { cache, key: key(...args) };
      const read = readOptions(args);
      return this.cache.putWith(question, () => method(...args), read, targetsOf(evicts, args), evicts);
    };
  }

  private evicting(method: Method, options: CacheEvictOptions<unknown[]>): Method {
    return async (...args) => this.cache.evictWith(targetsOf(options, args), () => method(...args), options);
  }
}

/** Only what depends on the arguments is made anew for each call. */
function readOptionsOf(options: CacheableOptions<unknown[]>): (args: unknown[]) => ReadOptions {
  const { tags, resultTags, condition, unless, ttlSeconds, nullTtlSeconds, visibility, reach, mode } = options;
  const fixed: ReadOptions = {
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(nullTtlSeconds !== undefined && { nullTtlSeconds }),
    ...(visibility && { visibility }),
    ...(reach && { reach }),
    ...(mode && { mode }),
  };
  return (args) => ({
    ...fixed,
    ...(condition && { condition: condition(...args) }),
    ...(unless && { unless: (result: unknown) => unless(result, ...args) }),
    ...(resultTags && { resultTags: { ...resultTags, of: (result: unknown) => resultTags.of(result, ...args) } }),
    tags: tagsOf(tags, args),
  });
}

function targetsOf(
  { tags, keys, pattern, allEntries = [] }: CacheEvictOptions<unknown[]>,
  args: unknown[],
): EvictionTargets {
  return {
    tags: tagsOf(tags, args),
    keys: typeof keys === 'function' ? keys(...args) : (keys ?? []),
    pattern: typeof pattern === 'function' ? pattern(...args) : (pattern ?? []),
    allEntries,
  };
}

function controllerProblems(wrapper: Wrapper): string[] {
  const prototype = prototypeOf(wrapper);
  if (!prototype) return [];
  return decoratedMethodsOf(prototype).map(
    ({ name }) => `${nameOf(prototype)}.${String(name)} is on a controller: decorate the reader or service behind it`,
  );
}

/** Of the instance when there is one: a factory's result tells its class only there. */
function prototypeOf({ instance, metatype }: Wrapper): object | undefined {
  const made: unknown = instance;
  if (typeof made === 'object' && made !== null) return Object.getPrototypeOf(made) as object | undefined;
  const prototype: unknown = metatype?.prototype;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

function nameOf(prototype: object): string {
  return prototype.constructor.name;
}
