import { createHash } from 'node:crypto';
import type { Cell } from '../cache-key';
import type { CellsChanged, GenerationVector, LookMode, StoredEntry, StoreRead, StoreStatus } from '../store';
import { changeCells, isMark, soleHolder } from './change-cells';
import { holdsUnder, neededOf, newNonce, vectorOf } from './generation';
import type { ChangeFeed } from './change-feed';
import type { Comparison, LocalEntries } from './local-entries';
import { decodeEntry, encodeEntry } from './redis-entry';
import type { RedisClient } from './redis-connection';
import type { ServerStore } from './server-store';

/**
 * Cells outlive entries, else they would be why entries end; yet not by much: who asks for things that are not there leaves
 * cells, too. Those that a change has renewed stay for long, since changes are few. `*` and tenants end never: everything
 * would end with them. A cell that Redis evicts or expires early costs its entries only.
 */
const CHANGED_CELL_TTL_MS = 48 * 3_600_000;
const TAG_CELL_TTL_FACTOR = 4;
const OWN_CELL_TTL_FACTOR = 2;
/** How long a process that has died, or loads for longer, keeps others from loading. */
const LOCK_LIFE_MS = 1_000;
const LASTING_CELL = /^(?:\{\d+\}:(?:\w+:)?)?g:(\*|shared|tenant:[^:]+)$/;

/**
 * Entries and cells in Redis, with the decoded values of this process in front. A local value is handed out after its
 * cells were compared, so a hit costs one round trip and no parsing, and is never stale; under a lease, without asking
 * while the feed vouches for it. Every command may reject; the
 * fallback store is who deals with that. Everything lives below the server's run_id: what a restarted server still holds
 * from its last snapshot is out of reach.
 */
export class RedisStore implements ServerStore {
  private prefix: string;
  private runId: string | undefined;
  private readonly minting = new Map<string, Promise<(string | null)[]>>();

  constructor(
    private readonly client: RedisClient,
    private readonly keyPrefix: string,
    private readonly local: LocalEntries,
    private readonly feed: ChangeFeed,
  ) {
    this.prefix = `${keyPrefix}:`;
  }

  begin(runId: string): void {
    this.prefix = `${this.keyPrefix}:${runId}:`;
    this.runId = runId;
    this.forget();
  }

  forget(): void {
    this.local.clear();
  }

  async read(
    entryKey: string,
    cells: readonly Cell[],
    ttlMs: number,
    mode: LookMode = 'validated',
  ): Promise<StoreRead> {
    const leased = mode === 'lease' ? this.leased(entryKey, cells) : undefined;
    if (leased) return leased;
    // Taken first: what changes while the answer is on its way has changed since.
    const compared = mode === 'lease' ? { since: this.feed.position, cells } : undefined;
    const local = mode === 'renew' ? undefined : this.local.get(entryKey);
    if (local) {
      const nonces = await this.mGet(this.keysOf(neededOf(local.needs, cells)));
      if (nonces.join(' ') === local.needs.nonces && this.local.get(entryKey) === local) {
        if (compared) local.compared = compared;
        return { tier: 'memory', entry: local.entry };
      }
    }
    const cellKeys = this.keysOf(cells);
    const [stored, ...nonces] = await this.mGet([this.prefix + entryKey, ...cellKeys]);
    const held = mode === 'renew' ? undefined : this.heldUnder(entryKey, stored ?? null, nonces, compared);
    if (held) return held;
    if (nonces.some(isMark)) return { tier: 'redis', changing: true };
    const generations = isComplete(nonces) ? nonces : await this.mintOnce(cells, cellKeys, nonces, ttlMs);
    if (generations.some(isMark)) return { tier: 'redis', changing: true };
    // A full Redis may drop a cell at once: without all of them nothing may be stored.
    if (!isComplete(generations)) return { tier: 'redis' };
    // What was found before may be old under these.
    const current = this.heldUnder(entryKey, stored ?? null, generations, compared);
    return { ...(current ?? { tier: 'redis' }), vector: vectorOf(generations) };
  }

  async write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    this.local.put(entryKey, vector, entry);
    const ttlMs = Math.ceil(entry.expiresAt - Date.now());
    if (ttlMs > 0) await this.client.set(this.prefix + entryKey, encodeEntry(vector, entry), { PX: ttlMs });
  }

  async claim(entryKey: string, vector: GenerationVector): Promise<boolean> {
    return (await this.client.set(this.lockKey(entryKey, vector), '', { NX: true, PX: LOCK_LIFE_MS })) !== null;
  }

  async release(entryKey: string, vector: GenerationVector): Promise<void> {
    await this.client.del(this.lockKey(entryKey, vector));
  }

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    return this.change(cellNames, writeId, lifeMs);
  }

  evict(cellNames: readonly string[], writeId = ''): Promise<CellsChanged> {
    return this.change(cellNames, writeId, 0);
  }

  async probe(name = 'probe'): Promise<void> {
    await this.client.set(this.prefix + name, '', { PX: LOCK_LIFE_MS });
  }

  status(): StoreStatus {
    const { leaseAgeMs } = this.feed;
    return { kind: 'redis', breaker: 'closed', deferredEvictions: 0, leaseAgeMs, ...this.local.size() };
  }

  private lockKey(entryKey: string, vector: GenerationVector): string {
    return `${this.prefix}lk:${entryKey}:${createHash('sha256').update(vector).digest('base64url')}`;
  }

  private async change(cellNames: readonly string[], writeId: string, markMs: number): Promise<CellsChanged> {
    const cells = cellNames.map((name) => {
      const lifeMs = LASTING_CELL.test(name) ? 0 : CHANGED_CELL_TTL_MS;
      return { name, nonce: newNonce(), lifeMs };
    });
    const held = await changeCells(this.client, this.prefix, cells, writeId, markMs, this.feed.told);
    this.feed.changed(cellNames);
    const changes = cells.map(({ name, nonce }, index) => {
      return [name, { found: soleHolder(held[index]), left: markMs > 0 ? writeId : nonce }] as const;
    });
    return { status: 'ok', cells: new Map(changes) };
  }

  /** What may be handed out unasked: compared once, and no change of its cells heard of since. */
  private leased(entryKey: string, cells: readonly Cell[]): StoreRead | undefined {
    this.feed.open();
    const local = this.local.get(entryKey);
    if (!local?.compared || !isSame(local.compared.cells, cells)) return undefined;
    const cellNames = cells.map(({ name }) => name);
    if (!this.feed.vouchesFor(cellNames, local.compared.since, this.runId)) return undefined;
    return { tier: 'memory', entry: local.entry, leased: true };
  }

  /** What is stored, or what this process has stored while the answer was on its way, if it depends on nothing else than was found. */
  private heldUnder(
    entryKey: string,
    stored: string | null,
    found: readonly (string | null)[],
    compared: Comparison | undefined,
  ): StoreRead | undefined {
    const decoded = stored === null ? undefined : decodeEntry(stored, found);
    if (decoded) {
      this.local.put(entryKey, decoded.vector, decoded.entry, compared);
      return { tier: 'redis', entry: decoded.entry };
    }
    const local = this.local.get(entryKey);
    if (!local || !holdsUnder(local.vector, found)) return undefined;
    if (compared) local.compared = compared;
    return { tier: 'memory', entry: local.entry };
  }

  /**
   * For all who find them missing at a time. Answers come in the order of their commands: what is still under way now was
   * sent after the caller asked for the cells, or it would have found them.
   */
  private mintOnce(
    cells: readonly Cell[],
    cellKeys: readonly string[],
    nonces: readonly (string | null)[],
    ttlMs: number,
  ): Promise<(string | null)[]> {
    const name = cellKeys.join(' ');
    const under = this.minting.get(name);
    if (under) return under;
    const minted = this.mint(cells, cellKeys, nonces, ttlMs).finally(() => this.minting.delete(name));
    this.minting.set(name, minted);
    return minted;
  }

  /** Whoever mints first wins, and everybody goes on with that nonce. An entry from before cannot carry it. */
  private async mint(
    cells: readonly Cell[],
    cellKeys: readonly string[],
    nonces: readonly (string | null)[],
    ttlMs: number,
  ): Promise<(string | null)[]> {
    const all = this.client.multi();
    cells.forEach((cell, index) => {
      if (nonces[index] === null) all.set(this.prefix + cell.name, newNonce(), { NX: true, ...lifeOf(cell, ttlMs) });
    });
    const replies = await all.mGet([...cellKeys]).exec();
    return replies.at(-1) as unknown as (string | null)[];
  }

  private keysOf(cells: readonly Cell[]): readonly string[] {
    return cells.map(({ name }) => this.prefix + name);
  }

  private mGet(keys: readonly string[]): Promise<(string | null)[]> {
    return this.client.sendCommand(['MGET', ...keys]);
  }
}

function lifeOf({ name, many }: Cell, entryTtlMs: number): { PX?: number } {
  if (LASTING_CELL.test(name)) return {};
  return { PX: Math.ceil(entryTtlMs * (many ? OWN_CELL_TTL_FACTOR : TAG_CELL_TTL_FACTOR)) };
}

function isComplete(nonces: readonly (string | null)[]): nonces is string[] {
  return !nonces.includes(null);
}

function isSame(one: readonly Cell[], other: readonly Cell[]): boolean {
  return one.length === other.length && one.every(({ name }, index) => name === other[index]?.name);
}
