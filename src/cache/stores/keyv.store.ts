import { KeyvAdapter, type CacheManagerStore } from 'cache-manager';
import { Keyv } from 'keyv';
import type { Cell } from '../cache-key';
import type { CacheStore, CellsChanged, GenerationVector, StoredEntry, StoreRead, StoreStatus } from '../store';
import { withinDeadline } from './deadline';
import { noncesOf } from './generation';
import { MemoryStore } from './memory.store';
import { decodeEntry, encodeEntry } from './redis-entry';

/**
 * Entries in any store that Keyv or cache-manager can speak to. Such a store can neither read several keys in one step nor
 * change them so, which generations need: these live in this process. So it is exact for one instance, and starts empty
 * with each process; it holds more than memory would, and that is all it is asked for.
 */
export class KeyvStore implements CacheStore {
  private readonly keyv: Keyv;
  /** Cells and marks only. */
  private readonly generations: MemoryStore;

  /** @param maxEntries of which the generations are remembered here */
  constructor(
    store: Keyv | CacheManagerStore,
    maxEntries: number,
    private readonly deadlineMs: number,
  ) {
    this.keyv = store instanceof Keyv ? store : new Keyv(new KeyvAdapter(store), { useKeyPrefix: false });
    this.keyv.on('error', () => undefined);
    this.generations = new MemoryStore({ maxBytes: 1, maxEntries });
  }

  async read(entryKey: string, cells: readonly Cell[]): Promise<StoreRead> {
    const { vector, changing } = await this.generations.read(entryKey, cells);
    if (changing || vector === undefined) return { tier: 'custom', changing: true };
    try {
      const stored = await withinDeadline(this.keyv.get<string>(entryKey), this.deadlineMs);
      const { entry } = (typeof stored === 'string' && decodeEntry(stored, noncesOf(vector))) || {};
      return { tier: 'custom', vector, ...(entry && entry.expiresAt > Date.now() && { entry }) };
    } catch {
      return { tier: 'none', degraded: true };
    }
  }

  async write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    const ttlMs = Math.ceil(entry.expiresAt - Date.now());
    if (ttlMs <= 0) return;
    // What is not stored is loaded again.
    await withinDeadline(this.keyv.set(entryKey, encodeEntry(vector, entry), ttlMs), this.deadlineMs).catch(
      () => undefined,
    );
  }

  claim(): Promise<boolean> {
    return this.generations.claim();
  }

  release(): Promise<void> {
    return this.generations.release();
  }

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    return this.generations.mark(writeId, cellNames, lifeMs);
  }

  evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    return this.generations.evict(cellNames, writeId);
  }

  /** What the store itself holds, it does not tell. */
  status(): StoreStatus {
    return { ...this.generations.status(), kind: 'custom' };
  }
}
