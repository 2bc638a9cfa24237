import { cellOfKey, cellOfTag, type CacheKey } from './cache-key';
import { CACHE_NAMES, NAMED_CACHES, type CacheName } from './cache-names';
import { joinPath, type Tag } from './tag';

/** What to evict. A pattern is the readable beginning of keys: `risk:list:*`; it may not reach into an object part. */
export interface EvictionTargets {
  readonly tags?: readonly Tag[];
  readonly keys?: readonly CacheKey[];
  readonly pattern?: string | readonly string[];
  /** Everything the current tenant has in these caches; all that is in one which tenants share. */
  readonly allEntries?: CacheName | readonly CacheName[];
}

/** A programming error: a pattern that could never match. */
export class UnusablePattern extends TypeError {
  constructor(
    pattern: string,
    readonly reason: string,
  ) {
    super(`Eviction pattern ${JSON.stringify(pattern)} ${reason}`);
    this.name = 'UnusablePattern';
  }
}

/** The generation cells that an eviction renews, and the caches they belong to (for the metric). */
export interface Eviction {
  readonly cellNames: readonly string[];
  readonly caches: ReadonlySet<CacheName | 'other'>;
  /** Rather refuse the change than commit it while the store cannot be told. */
  readonly failClosed: boolean;
  /** Before the change as well, and whatever comes of it. */
  readonly beforeInvocation: boolean;
}

export interface EvictionOptions {
  /** Inside a transaction: rather refuse it with 503 than commit while Redis is out of reach. Default false. */
  readonly failClosed?: boolean;
  /** With a change: before it as well, and whatever comes of it, also when it throws. Default false. */
  readonly beforeInvocation?: boolean;
}

/**
 * @param tenantId asked for only when something of a tenant is evicted
 * @throws UnusablePattern, UnusableKeyPart
 */
export function resolveEviction(
  targets: EvictionTargets,
  tenantId: () => string,
  { failClosed = false, beforeInvocation = false }: EvictionOptions = {},
): Eviction {
  const cellNames = new Set<string>();
  const caches = new Set<CacheName | 'other'>();
  for (const tag of targets.tags ?? []) {
    cellNames.add(cellOfTag(tag, tag.shared ? undefined : tenantId()));
    caches.add(cacheOf(tag.path));
  }
  for (const key of targets.keys ?? []) {
    cellNames.add(cellOfKey(key, NAMED_CACHES[key.cache].shared ? undefined : tenantId()));
    caches.add(key.cache);
  }
  for (const cache of [targets.allEntries ?? []].flat()) {
    const { path, shared } = NAMED_CACHES[cache];
    cellNames.add(cellOfTag({ path: joinPath(path), shared }, shared ? undefined : tenantId()));
    caches.add(cache);
  }
  for (const pattern of [targets.pattern ?? []].flat()) {
    const { path, scopes } = parsePattern(pattern);
    for (const shared of scopes) cellNames.add(cellOfTag({ path, shared }, shared ? undefined : tenantId()));
    caches.add(cacheOf(path));
  }
  return { cellNames: [...cellNames], caches, failClosed, beforeInvocation };
}

/** @throws UnusablePattern */
export function parsePattern(pattern: string): { path: string; scopes: ReadonlySet<boolean> } {
  if (!pattern.endsWith(':*')) throw new UnusablePattern(pattern, 'must end with ":*"');
  const segments = pattern.slice(0, -2).split(':');
  if (!segments.every((segment) => /^[\w.%'@!#-]+$/.test(segment))) {
    throw new UnusablePattern(pattern, 'must be made of encoded key segments and stop before the first object part');
  }
  const scopes = new Set<boolean>();
  for (const { path, shared } of Object.values(NAMED_CACHES)) {
    if (path.every((segment, index) => segments[index] === undefined || segments[index] === segment))
      scopes.add(shared);
  }
  if (scopes.size === 0) throw new UnusablePattern(pattern, 'names no cache');
  return { path: joinPath(segments), scopes };
}

function cacheOf(path: string): CacheName | 'other' {
  const isIn = (name: CacheName): boolean => `${path}:`.startsWith(`${NAMED_CACHES[name].path.join(':')}:`);
  return CACHE_NAMES.find(isIn) ?? 'other';
}
