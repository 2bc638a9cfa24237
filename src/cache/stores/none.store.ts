import type { CacheStore, CellsChanged, StoreRead, StoreStatus } from '../store';

const NOTHING: CellsChanged = { status: 'ok', cells: new Map() };

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

  mark(): Promise<CellsChanged> {
    return Promise.resolve(NOTHING);
  }

  evict(): Promise<CellsChanged> {
    return Promise.resolve(NOTHING);
  }

  status(): StoreStatus {
    return { kind: 'none', breaker: 'closed', deferredEvictions: 0, entries: 0, bytes: 0 };
  }
}
