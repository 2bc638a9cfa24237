export interface NamedCache {
  /** First segments of every key, as in `risk:list:...`; also what an eviction pattern starts with. */
  readonly path: readonly string[];
  /** Shared by all tenants: its keys carry no tenant, so nothing of a tenant may be put in. */
  readonly shared: boolean;
  /** What is in it belongs to somebody, so that its answers depend on how far a permission of the caller reaches. */
  readonly owned?: boolean;
}

/** Every cache there is. A new one also needs its `CACHE_<NAME>_TTL_SECONDS` in cache.config.ts. */
export const NAMED_CACHES = {
  risk: { path: ['risk'], shared: false, owned: true },
  asset: { path: ['asset'], shared: false, owned: true },
  dashboard: { path: ['dashboard'], shared: false, owned: true },
  connector: { path: ['marketplace', 'connector'], shared: true },
  app: { path: ['marketplace', 'app'], shared: false },
  rbac: { path: ['rbac'], shared: false },
} as const satisfies Record<string, NamedCache>;

export type CacheName = keyof typeof NAMED_CACHES;

export const CACHE_NAMES = Object.keys(NAMED_CACHES) as readonly CacheName[];

export function isCacheName(name: string): name is CacheName {
  return Object.hasOwn(NAMED_CACHES, name);
}
