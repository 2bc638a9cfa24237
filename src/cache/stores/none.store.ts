import type { CacheStore, EvictionStatus, StoreRead, StoreStatus } from '../store';

/** Stores nothing: CACHE_ENABLED=false or CACHE_STORE=none. */
export class NoneStore implements CacheStore {
  read(): Promise<StoreRead> {
    return Promise.resolve({ tier: 'none' });
  }

  /** Never asked for: a read gives no vector. */
  write(): Promise<void> {
    return Promise.resolve();
  }

  /** Nobody else loads for this process. */
  claim(): Promise<boolean> {
    return Promise.resolve(true);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  mark(): Promise<EvictionStatus> {
    return Promise.resolve('ok');
  }

  evict(): Promise<EvictionStatus> {
    return Promise.resolve('ok');
  }

  status(): StoreStatus {
    return { kind: 'none', breaker: 'closed', deferredEvictions: 0, entries: 0, bytes: 0 };
  }
}
