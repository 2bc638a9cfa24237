/** Injects the {@link CacheStore} of this application. */
export const CACHE_STORE = Symbol('cache-store');

/** Injects the Keyv or cache-manager store that was chosen in code, if one was. */
export const CUSTOM_STORE = Symbol('custom-store');
