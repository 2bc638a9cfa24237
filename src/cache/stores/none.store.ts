import type { CacheStore, CellsChanged, StoreRead, StoreStatus } from '../store';

const NOTHING: CellsChanged = { status: 'ok', cells: new Map() };

/** Stores nothing and tells nobody: CACHE_STORE=none, or CACHE_ENABLED=false without Redis. */
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

  mark(_writeId: string, _cellNames: readonly string[], _lifeMs: number): Promise<CellsChanged> {
    return Promise.resolve(NOTHING);
  }

  evict(_cellNames: readonly string[], _writeId?: string): Promise<CellsChanged> {
    return Promise.resolve(NOTHING);
  }

  status(): StoreStatus {
    return { kind: 'none', breaker: 'closed', deferredEvictions: 0, entries: 0, bytes: 0 };
  }
}
