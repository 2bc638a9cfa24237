import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { CacheEvictOptions } from '../../src/cache/cache-evict.decorator';
import { NAMED_CACHES, type CacheName } from '../../src/cache/cache-names';
import { decoratedMethodsOf, type DecoratedMethod } from '../../src/cache/decorated-methods';
import { joinPath } from '../../src/cache/tag';
import { encodeSegments } from '../../src/cache/key-part';
import { namedIn } from '../../src/cache/tag-list';
import type { TagNames } from './tag-names';

/** A method with one of the decorators, on the instance whose calls pass the cache. */
export interface Decorated extends DecoratedMethod {
  /** `RiskService.update` */
  readonly label: string;
  readonly instance: object;
}

const ANY_ID = '00000000-0000-0000-0000-000000000000';

/** As the explorer finds them at boot. */
export function decoratedIn(app: INestApplicationContext): Decorated[] {
  const found = new Map<string, Decorated>();
  for (const { instance } of app.get(DiscoveryService, { strict: false }).getProviders()) {
    const made: unknown = instance;
    if (typeof made !== 'object' || made === null) continue;
    const prototype = Object.getPrototypeOf(made) as object | null;
    if (!prototype) continue;
    for (const method of decoratedMethodsOf(prototype)) {
      const label = `${prototype.constructor.name}.${String(method.name)}`;
      found.set(label, { ...method, label, instance: made });
    }
  }
  return [...found.values()].sort((one, other) => one.label.localeCompare(other.label));
}

/**
 * The names of the tags that a write evicts, as its decorator lists them; undefined for a read.
 *
 * @throws Error for targets that cannot be listed
 */
export function declaredTagsOf({ label, cacheEvict, cachePut }: Decorated, names: TagNames): string[] | undefined {
  if (cacheEvict) return listed(label, cacheEvict, names);
  if (!cachePut) return undefined;
  const { cache, key, tags, evicts = {} } = cachePut;
  const path = [...NAMED_CACHES[cache].path, ...key(ANY_ID)];
  const own = names.ofPath(joinPath(encodeSegments(path)));
  return sorted([
    ...(own === undefined ? [] : [own]),
    ...listed(label, { tags }, names),
    ...listed(label, evicts, names),
  ]);
}

export function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

function listed(
  label: string,
  { tags, keys, pattern, allEntries }: CacheEvictOptions<unknown[]>,
  names: TagNames,
): string[] {
  const named = namedIn(tags);
  if (!named) throw new Error(`${label} makes its tags by a function: name them, or use tagsAmong()`);
  if (keys ?? pattern) throw new Error(`${label} evicts by key or pattern: name a tag`);
  const caches: readonly CacheName[] = [allEntries ?? []].flat();
  return sorted([...named.map((tag) => names.ofTag(tag)), ...caches.map((cache) => names.ofCache(cache))]);
}
