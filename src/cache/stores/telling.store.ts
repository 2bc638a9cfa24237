import type { CacheStore, CellsChanged, StoreStatus } from '../store';
import { NoneStore } from './none.store';

/**
 * CACHE_ENABLED=false with Redis: nothing is read or stored here, but other instances, whose cache is on, hear of every
 * change. So one of several can be switched off, or all of them one after the other.
 */
export class TellingStore extends NoneStore {
  constructor(private readonly others: CacheStore) {
    super();
  }

  override mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    return this.others.mark(writeId, cellNames, lifeMs);
  }

  override evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    return this.others.evict(cellNames, writeId);
  }

  override status(): StoreStatus {
    return { ...this.others.status(), kind: 'none' };
  }
}
