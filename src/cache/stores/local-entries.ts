import { LRUCache } from 'lru-cache';
import type { Cell } from '../cache-key';
import type { GenerationVector, StoredEntry } from '../store';
import type { Position } from './local-changes';

export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

interface LocalEntry {
  readonly vector: GenerationVector;
  readonly entry: StoredEntry;
  /** Undefined when its cells have not been compared since it was put here. */
  compared?: Comparison;
}

/** That the cells of a value were found to hold its generations. */
export interface Comparison {
  /** From before the cells were asked for. */
  readonly since: Position;
  readonly cells: readonly Cell[];
}

/** An entry is its bytes, the object graph they were parsed to (about twice as much) and the bookkeeping around. */
const GRAPH_FACTOR = 3;
const OVERHEAD_BYTES = 400;

/** Values in this process, least recently used first out. They say nothing about being current: the vector does. */
export class LocalEntries {
  private readonly entries: LRUCache<string, LocalEntry>;

  constructor({ maxBytes, maxEntries }: MemoryBounds) {
    this.entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ entry }, key) => entry.value.bytes.length * GRAPH_FACTOR + key.length * 2 + OVERHEAD_BYTES,
    });
  }

  get(entryKey: string): LocalEntry | undefined {
    const local = this.entries.get(entryKey);
    if (local && local.entry.expiresAt <= Date.now()) {
      this.entries.delete(entryKey);
      return undefined;
    }
    return local;
  }

  put(entryKey: string, vector: GenerationVector, entry: StoredEntry, compared?: Comparison): void {
    this.entries.set(entryKey, { vector, entry, ...(compared && { compared }) });
  }

  clear(): void {
    this.entries.clear();
  }

  size(): { entries: number; bytes: number } {
    return { entries: this.entries.size, bytes: this.entries.calculatedSize };
  }
}
