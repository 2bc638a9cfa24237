import type { CachedValue } from './cached-value';
import type { Cell } from './cache-key';

/**
 * The nonces of an entry's cells as they were when a read asked for them. It is the fill token: whoever loads the value
 * afterwards stores it with this, or narrowed to the cells that the value turned out to depend on, and the entry is only
 * ever handed out while each of these still holds the same nonce.
 */
export type GenerationVector = string & { readonly __generations: unique symbol };

export interface StoredEntry {
  /** Compared on the way out; undefined for caches that all tenants share. */
  readonly tenantId: string | undefined;
  readonly value: CachedValue;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Milliseconds that the load took. */
  readonly loadMs: number;
}

export interface StoreRead {
  /** Where the answer came from; `none` when no store could be asked. */
  readonly tier: 'memory' | 'redis' | 'custom' | 'none';
  /** Present when every cell that it depends on matched. */
  readonly entry?: StoredEntry;
  /** The cells were not asked for: it may be as far behind as a lease allows. */
  readonly leased?: boolean;
  /** Of all cells. Undefined when what is loaded now must not be stored; beside an entry there may be none unless to renew it. */
  readonly vector?: GenerationVector;
  /** A change to what it may depend on is about to be committed: neither stored nor the nonces of before may be used. */
  readonly changing?: boolean;
  /** The store is there but out of reach. */
  readonly degraded?: boolean;
}

/**
 * `validated`, the default: what is handed out is compared with its cells first; never stale. `lease`: this process's own
 * value may be handed out without asking Redis; what another instance has evicted is gone within 300 ms.
 */
export type ReadMode = 'validated' | 'lease';

/** `renew`: as `validated`, by somebody who stores again whatever is found. */
export type LookMode = ReadMode | 'renew';

/** `deferred`: the store is out of reach; it is remembered and done before this instance serves from it again. */
export type EvictionStatus = 'ok' | 'deferred';

/** What a change of cells has met, and what it has left. */
export interface CellsChanged {
  readonly status: EvictionStatus;
  /**
   * By name of the cell; empty when it is not known. `found` is the nonce that was in it, or the id of the write whose
   * mark was alone in it and has met no other write there; undefined for anything else. `left` is what is in it now,
   * unless another write has its mark there: the new nonce, or the id of the write that has marked it.
   */
  readonly cells: ReadonlyMap<string, { readonly found: string | undefined; readonly left: string }>;
}

/**
 * Where entries and their generation cells live. Names of entries and cells come from cache-key.ts; a store may put
 * something in front of them. The suite in test/contracts is the rest of this contract.
 */
export interface CacheStore {
  /**
   * Reads an entry together with its cells, in one step. A missing cell is minted anew, never taken for an old value:
   * losing one can only lose entries.
   *
   * @param ttlMs how long the caller would keep what it loads
   */
  read(entryKey: string, cells: readonly Cell[], ttlMs: number, mode?: LookMode): Promise<StoreRead>;
  /**
   * Stores what was loaded after `read` gave the vector. It may be late: nobody accepts it then.
   *
   * @param vector that one, or what {@link narrowed} makes of it
   */
  write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void>;
  /**
   * Whether the caller is to load this, and not another process that was here before under the same generations. Losing a
   * claim, or to a process that has died, costs a load too many: it ends by itself.
   */
  claim(entryKey: string, vector: GenerationVector): Promise<boolean>;
  /** For whoever has claimed, once it is stored or has failed. */
  release(entryKey: string, vector: GenerationVector): Promise<void>;
  /**
   * Says that a change to what depends on the cells is about to be committed. From when it resolves with `ok` until the
   * `evict` of the same write, or until the mark ends by itself, nothing that depends on them is handed out or stored;
   * what was loaded before never again. Marking again prolongs it.
   *
   * @param writeId unguessable; several writes may mark one cell
   */
  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged>;
  /**
   * Puts a new nonce into each cell; where another write's mark is, that write will. When it resolves with `ok`, no
   * instance can hand out what depended on them.
   *
   * @param writeId takes the marks of this write away
   */
  evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged>;
  status(): StoreStatus;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface StoreStatus {
  readonly kind: 'redis' | 'memory' | 'custom' | 'none';
  /** `open`: Redis is out of reach and not asked. `half-open`: it answers again and is being brought up to date. */
  readonly breaker: BreakerState;
  /** Generation cells still to be renewed before Redis is served from again. */
  readonly deferredEvictions: number;
  /** Since all changes up to then were known here; Infinity when they never were. Undefined without Redis. */
  readonly leaseAgeMs?: number;
  /** Values held in this process, and their estimated memory. */
  readonly entries: number;
  readonly bytes: number;
}
