import type { Cell } from '../cache-key';
import type {
  CacheStore,
  CellsChanged,
  GenerationVector,
  LookMode,
  StoredEntry,
  StoreRead,
  StoreStatus,
} from '../store';
import { neededOf, newNonce, vectorOf } from './generation';
import { LocalEntries, type MemoryBounds } from './local-entries';
import { Marks } from './marks';
import { TagCells } from './tag-cells';

/** Cells of one key each share this many generations: none is ever forgotten, and one evicted too many costs a load. */
const OWN_GENERATIONS = 65_536;
const TAGS_PER_ENTRY = 2;

/** Entries and cells in this process: exact for one instance, blind to the writes of any other. */
export class MemoryStore implements CacheStore {
  private readonly own = new Map<number, string>();
  private readonly tags: TagCells;
  private readonly entries: LocalEntries;
  private readonly marks = new Marks();

  constructor(bounds: MemoryBounds) {
    this.tags = new TagCells(bounds.maxEntries * TAGS_PER_ENTRY);
    this.entries = new LocalEntries(bounds);
  }

  read(entryKey: string, cells: readonly Cell[], _ttlMs?: number, mode?: LookMode): Promise<StoreRead> {
    const local = this.entries.get(entryKey);
    const isCurrent = local && this.vectorOf(neededOf(local.needs, cells)) === local.needs.nonces;
    const current = isCurrent ? { entry: local.entry } : undefined;
    if (current && mode !== 'renew') return Promise.resolve({ tier: 'memory', ...current });
    if (cells.some(({ name }) => this.marks.has(name))) return Promise.resolve({ tier: 'memory', changing: true });
    return Promise.resolve({ tier: 'memory', ...current, vector: this.vectorOf(cells) });
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

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    const cells = this.renew(cellNames, writeId);
    this.marks.set(writeId, cellNames, lifeMs);
    return Promise.resolve({ status: 'ok', cells });
  }

  evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    const cells = this.renew(cellNames);
    this.marks.meet(cellNames, writeId);
    return Promise.resolve({ status: 'ok', cells });
  }

  status(): StoreStatus {
    return { kind: 'memory', breaker: 'closed', deferredEvictions: 0, ...this.entries.size() };
  }

  /** Forgets the cells too, so that a load from before stays without effect; not what is about to be committed. */
  clear(): void {
    this.own.clear();
    this.tags.clear();
    this.entries.clear();
  }

  private vectorOf(cells: readonly Cell[]): GenerationVector {
    return vectorOf(cells.map((cell) => this.generationOf(cell)));
  }

  /**
   * A key that others depend on as well has the generation of that tag; which begins as that of the key, so that what is
   * stored under the key stays.
   */
  private generationOf({ name, many }: Cell): string {
    const place = placeOf(name);
    if (many) return this.tags.get(name) ?? known(this.own, place, newNonce);
    return known(this.tags, name, () => this.own.get(place) ?? newNonce());
  }

  /** What is missing stays so: it is minted when it is asked for. @param left instead of the nonces */
  private renew(cellNames: readonly string[], left?: string): CellsChanged['cells'] {
    const changes = cellNames.map((name) => {
      const place = placeOf(name);
      const held = this.tags.get(name) ?? this.own.get(place);
      const found = this.marks.has(name) ? this.marks.soleHolder(name) : held;
      const nonce = newNonce();
      if (this.own.has(place)) this.own.set(place, nonce);
      if (this.tags.has(name)) this.tags.set(name, nonce);
      return [name, { found, left: left ?? nonce }] as const;
    });
    return new Map(changes);
  }
}

function known<Key>(
  cells: { get(key: Key): string | undefined; set(key: Key, nonce: string): unknown },
  key: Key,
  mint: () => string,
): string {
  const nonce = cells.get(key);
  if (nonce !== undefined) return nonce;
  const minted = mint();
  cells.set(key, minted);
  return minted;
}

/** FNV-1a. */
function placeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % OWN_GENERATIONS;
}
