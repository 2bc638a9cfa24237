import { ErrorReply } from '@redis/client';
import { inSpan } from '../../tracing/tracer';
import { EVERYTHING, type Cell } from '../cache-key';
import type {
  BreakerState,
  CacheStore,
  CellsChanged,
  GenerationVector,
  LookMode,
  StoredEntry,
  StoreRead,
  StoreStatus,
} from '../store';
import { withinDeadline } from './deadline';
import { DeferredEvictions } from './deferred-evictions';
import type { MemoryStore } from './memory.store';
import type { ConnectionUser, RedisConnection } from './redis-connection';
import type { ServerStore } from './server-store';

const MISSES_TO_OPEN = 3;
/** Where hundreds are under way, three are late together at every hiccup of a busy machine, which would be busier still. */
const SILENT_DEADLINES_TO_OPEN = 2;
/** A read has somewhere else to go; an eviction given up leaves other instances what is gone. */
const DEADLINES_PER_EVICTION = 10;
/** How long this instance may not notice that the server answers reads, and refuses the evictions of others. */
const PROBE_INTERVAL_MS = 250;
const DEFERRED: CellsChanged = { status: 'deferred', cells: new Map() };

/**
 * All failure policy of Redis, and the only place that catches its errors: none of these methods rejects. A read that
 * fails or takes too long goes to the loader; after three in a row and two deadlines without an answer, or a lost
 * connection, or one failed eviction, Redis is not asked any more until a new connection has been brought up to date.
 */
export class FallbackStore implements CacheStore, ConnectionUser {
  private breaker: BreakerState = 'open';
  private missesInARow = 0;
  /** On the monotonic clock; whatever it was asked. */
  private answeredAt = 0;
  private readonly deferred = new DeferredEvictions();
  private probing: NodeJS.Timeout | undefined;

  /** @param memory exact while there is one instance only; without it reads bypass the cache meanwhile */
  constructor(
    private readonly connection: RedisConnection,
    private readonly redis: ServerStore,
    private readonly deadlineMs: number,
    private readonly memory: MemoryStore | undefined,
  ) {
    connection.serve(this);
  }

  async read(entryKey: string, cells: readonly Cell[], ttlMs: number, mode?: LookMode): Promise<StoreRead> {
    if (this.breaker !== 'closed')
      return this.memory?.read(entryKey, cells, ttlMs, mode) ?? { tier: 'none', degraded: true };
    try {
      const answer = await this.ask('read', () => this.redis.read(entryKey, cells, ttlMs, mode));
      const { entry, vector, changing } = answer;
      // Without a vector nothing says what a load under way has seen.
      return entry || vector !== undefined || changing ? answer : { tier: 'none', degraded: true };
    } catch (error) {
      this.failed(error);
      return { tier: 'none', degraded: true };
    }
  }

  async write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    if (this.breaker !== 'closed') return this.memory?.write(entryKey, vector, entry);
    try {
      await this.ask('write', () => this.redis.write(entryKey, vector, entry));
    } catch (error) {
      this.failed(error);
    }
  }

  /** True when nobody can be asked: rather a load too many than none. */
  async claim(entryKey: string, vector: GenerationVector): Promise<boolean> {
    if (this.breaker !== 'closed') return true;
    try {
      return await this.ask('claim', () => this.redis.claim(entryKey, vector));
    } catch (error) {
      this.failed(error);
      return true;
    }
  }

  async release(entryKey: string, vector: GenerationVector): Promise<void> {
    if (this.breaker !== 'closed') return;
    try {
      await this.ask('release', () => this.redis.release(entryKey, vector));
    } catch (error) {
      this.failed(error);
    }
  }

  /** Not remembered when it fails: nothing is committed yet, and the eviction that follows is. */
  async mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    if (this.breaker === 'closed') {
      try {
        return await this.ask('mark', () => this.redis.mark(writeId, cellNames, lifeMs));
      } catch (error) {
        this.failed(error);
      }
    }
    await this.memory?.mark(writeId, cellNames, lifeMs);
    return DEFERRED;
  }

  /** Carried out while a connection is brought up to date as well: where writes never pause, that would never end. */
  async evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    const before = this.breaker;
    if (before !== 'open') {
      try {
        const changed = await this.ask('evict', () => this.redis.evict(cellNames, writeId), DEADLINES_PER_EVICTION);
        // Served from until the connection is up to date.
        if (before === 'half-open') await this.memory?.evict(cellNames, writeId);
        return changed;
      } catch (error) {
        this.open(error);
      }
    }
    this.deferred.remember(cellNames);
    await this.memory?.evict(cellNames, writeId);
    return DEFERRED;
  }

  /**
   * Renews `*`, also at boot: whoever was connected before may have died with evictions that only it remembered. Then
   * what was deferred, also what could not be carried out meanwhile; only after that Redis is served from.
   */
  async onConnected(runId: string): Promise<void> {
    this.breaker = 'half-open';
    this.redis.begin(runId);
    let cells = [EVERYTHING, ...this.deferred.take()];
    while (cells.length > 0) {
      try {
        await withinDeadline(this.redis.evict(cells), this.deadlineMs * DEADLINES_PER_EVICTION);
      } catch (error) {
        this.deferred.remember(cells);
        throw error;
      }
      cells = this.deferred.take();
    }
    this.answered();
    this.memory?.clear();
    this.breaker = 'closed';
    this.probing ??= setInterval(() => void this.probe(), PROBE_INTERVAL_MS).unref();
  }

  onLost(): void {
    this.breaker = 'open';
    clearInterval(this.probing);
    this.probing = undefined;
    this.redis.forget();
    this.memory?.clear();
  }

  status(): StoreStatus {
    const { entries, bytes, ...redis } = this.redis.status();
    const fallback = this.memory?.status();
    return {
      ...redis,
      breaker: this.breaker,
      deferredEvictions: this.deferred.size,
      entries: entries + (fallback?.entries ?? 0),
      bytes: bytes + (fallback?.bytes ?? 0),
    };
  }

  /**
   * A server that is full, read-only or short of replicas refuses evictions and goes on answering reads. Whoever only
   * reads would serve what others have tried to evict.
   */
  private async probe(): Promise<void> {
    try {
      await this.ask('probe', () => this.redis.probe?.() ?? Promise.resolve());
    } catch (error) {
      if (error instanceof ErrorReply) this.open(error);
      else this.failed(error);
    }
  }

  private async ask<T>(operation: string, question: () => Promise<T>, deadlines = 1): Promise<T> {
    const answer = await inSpan(
      () => ({
        ...{ name: `cache ${operation}`, kind: 'client' },
        attributes: { 'db.system.name': 'redis', 'db.operation.name': operation },
      }),
      () => withinDeadline(question(), this.deadlineMs * deadlines),
    );
    this.answered();
    return answer;
  }

  private answered(): void {
    this.missesInARow = 0;
    this.answeredAt = performance.now();
  }

  private failed(error: unknown): void {
    this.missesInARow++;
    const isSilent = performance.now() - this.answeredAt > this.deadlineMs * SILENT_DEADLINES_TO_OPEN;
    if (this.missesInARow >= MISSES_TO_OPEN && isSilent) this.open(error);
  }

  private open(error: unknown): void {
    if (this.breaker !== 'closed') return;
    this.onLost();
    this.connection.lose(error instanceof Error ? error : new Error(String(error)));
  }
}
