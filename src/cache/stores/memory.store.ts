import { LRUCache } from 'lru-cache';
import type { Cell } from '../cache-key';
import type { CacheStore, EvictionStatus, GenerationVector, StoredEntry, StoreRead, StoreStatus } from '../store';
import { newNonce, vectorOf } from './generation';
import { LocalEntries, type MemoryBounds } from './local-entries';
import { Marks } from './marks';

/** An entry brings one cell of its own and shares the others; a forgotten cell only costs the entries behind it. */
const CELLS_PER_ENTRY = 4;

/** Entries and cells in this process: exact for one instance, blind to the writes of any other. */
export class MemoryStore implements CacheStore {
  private readonly cells: LRUCache<string, string>;
  private readonly entries: LocalEntries;
  private readonly marks = new Marks();

  constructor(bounds: MemoryBounds) {
    this.cells = new LRUCache({ max: bounds.maxEntries * CELLS_PER_ENTRY });
    this.entries = new LocalEntries(bounds);
  }

  read(entryKey: string, cells: readonly Cell[]): Promise<StoreRead> {
    if (cells.some(({ name }) => this.marks.has(name))) return Promise.resolve({ tier: 'memory', changing: true });
    const vector = vectorOf(cells.map(({ name }) => this.generationOf(name)));
    const local = this.entries.get(entryKey);
    const current = local?.vector === vector ? { entry: local.entry } : {};
    return Promise.resolve({ tier: 'memory', vector, ...current });
  }

  write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    this.entries.put(entryKey, vector, entry);
    return Promise.resolve();
  }

  /** Nobody else loads for this process. */
  claim(): Promise<boolean> {
    return Promise.resolve(true);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<EvictionStatus> {
    this.marks.set(writeId, cellNames, lifeMs);
    return this.evict(cellNames);
  }

  evict(cellNames: readonly string[], writeId?: string): Promise<EvictionStatus> {
    for (const name of cellNames) this.cells.set(name, newNonce());
    if (writeId !== undefined) this.marks.delete(writeId, cellNames);
    return Promise.resolve('ok');
  }

  status(): StoreStatus {
    return { kind: 'memory', breaker: 'closed', deferredEvictions: 0, ...this.entries.size() };
  }

  /** Forgets the cells too, so that a load from before stays without effect; not what is about to be committed. */
  clear(): void {
    this.cells.clear();
    this.entries.clear();
  }

  private generationOf(name: string): string {
    const known = this.cells.get(name);
    if (known !== undefined) return known;
    const minted = newNonce();
    this.cells.set(name, minted);
    return minted;
  }
}
