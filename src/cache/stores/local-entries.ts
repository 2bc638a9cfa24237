import type { Cell } from '../cache-key';
import type { GenerationVector, StoredEntry } from '../store';
import { needsOf, type Needs } from './generation';
import type { Position } from './local-changes';

export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

interface LocalEntry {
  readonly vector: GenerationVector;
  readonly entry: StoredEntry;
  readonly needs: Needs;
  /** Undefined when its cells have not been compared since it was put here, or nobody leases it. */
  compared?: Comparison;
}

/** That the cells of a value were found to hold its generations. */
export interface Comparison {
  /** From before the cells were asked for. */
  readonly since: Position;
  readonly cells: readonly Cell[];
}

/** The bookkeeping around an entry. */
const OVERHEAD_BYTES = 600;

interface Held extends LocalEntry {
  readonly bytes: number;
}

/** What a tenant holds: keys, least recently used first. */
interface Share {
  readonly keys: Set<string>;
  bytes: number;
}

/**
 * Values in this process, bounded together. When they are too many, whoever holds most gives up what they have used least
 * recently: a tenant that asks for ever new things takes nothing from those who hold less. Values say nothing about being
 * current: the vector does.
 */
export class LocalEntries {
  private readonly entries = new Map<string, Held>();
  private readonly shares = new Map<string | undefined, Share>();
  private bytes = 0;

  constructor(private readonly bounds: MemoryBounds) {}

  get(entryKey: string): LocalEntry | undefined {
    const held = this.entries.get(entryKey);
    if (!held) return undefined;
    if (held.entry.expiresAt <= Date.now()) {
      this.remove(entryKey, held);
      return undefined;
    }
    const { keys } = this.shareOf(held.entry.tenantId);
    keys.delete(entryKey);
    keys.add(entryKey);
    return held;
  }

  put(entryKey: string, vector: GenerationVector, entry: StoredEntry, compared?: Comparison): void {
    const before = this.entries.get(entryKey);
    if (before) this.remove(entryKey, before);
    const names = 2 * (entryKey.length + vector.length);
    const bytes = entry.value.bytes.length + entry.value.graphBytes + names + OVERHEAD_BYTES;
    if (bytes > this.bounds.maxBytes) return;
    this.entries.set(entryKey, { vector, needs: needsOf(vector), entry, bytes, ...(compared && { compared }) });
    const share = this.shareOf(entry.tenantId);
    share.keys.add(entryKey);
    share.bytes += bytes;
    this.bytes += bytes;
    while (this.bytes > this.bounds.maxBytes) this.removeOldest(({ bytes: size }) => size);
    while (this.entries.size > this.bounds.maxEntries) this.removeOldest(({ keys }) => keys.size);
  }

  clear(): void {
    this.entries.clear();
    this.shares.clear();
    this.bytes = 0;
  }

  size(): { entries: number; bytes: number } {
    return { entries: this.entries.size, bytes: this.bytes };
  }

  /** Of the tenant who holds most. */
  private removeOldest(size: (share: Share) => number): void {
    let largest: Share | undefined;
    for (const share of this.shares.values()) if (!largest || size(share) > size(largest)) largest = share;
    for (const entryKey of largest?.keys ?? []) {
      const held = this.entries.get(entryKey);
      if (held) this.remove(entryKey, held);
      return;
    }
  }

  private remove(entryKey: string, { entry: { tenantId }, bytes }: Held): void {
    this.entries.delete(entryKey);
    this.bytes -= bytes;
    const share = this.shareOf(tenantId);
    share.keys.delete(entryKey);
    share.bytes -= bytes;
    if (share.keys.size === 0) this.shares.delete(tenantId);
  }

  private shareOf(tenantId: string | undefined): Share {
    const share = this.shares.get(tenantId) ?? { keys: new Set<string>(), bytes: 0 };
    if (share.keys.size === 0) this.shares.set(tenantId, share);
    return share;
  }
}
