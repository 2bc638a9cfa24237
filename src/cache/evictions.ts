import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { enlist, enlistInEach, inTransaction } from '../database/transaction.events';
import type { CommitParticipant, TransactionOutcome } from '../database/transaction.events';
import { Unavailable } from '../errors/http.errors';
import { CACHE_STORE } from './cache-store.token';
import { CacheMetrics } from './cache.metrics';
import type { Eviction } from './eviction';
import type { CacheStore, EvictionStatus } from './store';

/** How long a mark outlives the process that has set it; renewed while COMMIT is on its way. */
const MARK_LIFE_MS = 1_500;
const MARK_RENEWAL_MS = 500;
/** Nobody knows when a COMMIT whose connection broke takes effect. */
const UNKNOWN_OUTCOME_LIFE_MS = 5_000;

export interface EvictionResult {
  /**
   * `ok`: no instance can serve what was there before. `deferred`: Redis is out of reach; other instances that reach it
   * may serve the old value until its TTL or until this instance is back. `scheduled`: happens when the open
   * transaction commits, or not at all.
   */
  readonly status: EvictionStatus | 'scheduled';
}

/** The cells of a transaction that is about to commit. */
interface Marked {
  readonly writeId: string;
  readonly cellNames: readonly string[];
  readonly status: EvictionStatus;
  readonly renewal: NodeJS.Timeout;
}

/**
 * Carries evictions out in two phases around COMMIT. Before it the cells are marked: from then on nobody is answered from
 * what depends on them, so that nothing old can be served however long COMMIT takes, and even when this process dies
 * right after it: the marks end, the cells are minted anew. After it, or after a rollback, each mark becomes a new nonce.
 */
@Injectable()
export class Evictions implements CommitParticipant<Eviction> {
  private readonly marked = new WeakMap<readonly Eviction[], Marked>();

  constructor(
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
  ) {}

  /** Now, or around the COMMIT of the open transaction. */
  async carryOut(eviction: Eviction): Promise<EvictionResult> {
    if (!inTransaction()) return { status: await this.evictNow([eviction], eviction.cellNames) };
    enlist(this, eviction);
    return { status: 'scheduled' };
  }

  /**
   * Around the COMMIT of each transaction that `work` opens, and once more when it has returned, since not everything
   * is written in a transaction. In an open transaction: around its COMMIT, whatever comes of `work`.
   */
  async carryOutWith<T>(eviction: Eviction, work: () => Promise<T>): Promise<T> {
    if (inTransaction()) {
      enlist(this, eviction);
      return work();
    }
    const evict = (): Promise<EvictionStatus> => this.evictNow([eviction], eviction.cellNames);
    if (eviction.beforeInvocation) await evict();
    try {
      const result = await enlistInEach(this, eviction, work);
      await evict();
      return result;
    } catch (error) {
      // Again: a reader may have loaded meanwhile what the change has made old before it failed.
      if (eviction.beforeInvocation) await evict();
      throw error;
    }
  }

  /** @throws Unavailable 503 when an eviction is `failClosed` and its cells cannot be marked */
  async prepare(evictions: readonly Eviction[]): Promise<void> {
    const cellNames = [...new Set(evictions.flatMap((eviction) => eviction.cellNames))];
    if (cellNames.length === 0) return;
    const writeId = randomUUID();
    const status = await this.store.mark(writeId, cellNames, MARK_LIFE_MS);
    if (status !== 'ok' && evictions.some(({ failClosed }) => failClosed)) {
      throw new Unavailable('The change was not made: the cache could not be told of it.');
    }
    const renew = (): void => void this.store.mark(writeId, cellNames, MARK_LIFE_MS);
    const renewal = setInterval(renew, MARK_RENEWAL_MS).unref();
    this.marked.set(evictions, { writeId, cellNames, status, renewal });
  }

  async ended(evictions: readonly Eviction[], outcome: TransactionOutcome): Promise<void> {
    const marked = this.marked.get(evictions);
    if (!marked) return;
    const { writeId, cellNames, status, renewal } = marked;
    clearInterval(renewal);
    if (outcome === 'rolled back') {
      // Without an answer they may still be set: they end by themselves.
      if (status === 'ok') await this.store.evict(cellNames, writeId);
      return;
    }
    if (outcome === 'unknown' && (await this.store.mark(writeId, cellNames, UNKNOWN_OUTCOME_LIFE_MS)) === 'ok') return;
    await this.evictNow(evictions, cellNames, writeId);
  }

  private async evictNow(
    evictions: readonly Eviction[],
    cellNames: readonly string[],
    writeId?: string,
  ): Promise<EvictionStatus> {
    if (cellNames.length === 0) return 'ok';
    const status = await this.store.evict(cellNames, writeId);
    this.metrics.evicted(new Set(evictions.flatMap(({ caches }) => [...caches])), status);
    return status;
  }
}
