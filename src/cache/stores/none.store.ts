import type { CacheStore, EvictionStatus, StoreRead, StoreStatus } from '../store';

/** Stores nothing: CACHE_ENABLED=false or CACHE_STORE=none. */
export class NoneStore implements CacheStore {
  async read(): Promise<StoreRead> {
    return { tier: 'none' };
  }

  async write(): Promise<void> {
    // Never asked: a read gave no vector.
  }

  async evict(): Promise<EvictionStatus> {
    return 'ok';
  }

  status(): StoreStatus {
    return { kind: 'none', breaker: 'closed', deferredEvictions: 0, entries: 0, bytes: 0 };
  }
}
