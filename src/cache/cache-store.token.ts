/** Injects the {@link CacheStore} of this application. */
export const CACHE_STORE = Symbol('cache-store');
