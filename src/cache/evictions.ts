import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { enlist, enlistInEach, inTransaction } from '../database/transaction.events';
import type { CommitParticipant, TransactionOutcome } from '../database/transaction.events';
import { Unavailable } from '../errors/http.errors';
import { CACHE_STORE } from './cache-store.token';
import { CacheMetrics } from './cache.metrics';
import type { Eviction } from './eviction';
import { Puts, type Put } from './puts';
import type { CacheStore, CellsChanged, EvictionStatus } from './store';

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

/** An eviction, and the work it belongs to. */
interface Change {
  readonly eviction: Eviction;
  /** What the work is to leave in the cache. */
  readonly put?: Put | undefined;
  /** Moments in the order of this process. */
  readonly begunAt: number;
  overAt: number;
}

/** The cells of a transaction that is about to commit. */
interface Marked {
  readonly writeId: string;
  readonly cellNames: readonly string[];
  readonly status: EvictionStatus;
  readonly renewal: NodeJS.Timeout;
  renewed: Promise<unknown>;
}

/**
 * Carries evictions out in two phases around COMMIT. Before it the cells are marked: from then on nobody is answered from
 * what depends on them, so that nothing old can be served however long COMMIT takes, and even when this process dies
 * right after it: the marks end, the cells are minted anew. After it, or after a rollback, each mark becomes a new nonce.
 */
@Injectable()
export class Evictions implements CommitParticipant<Change> {
  private readonly marked = new WeakMap<readonly Change[], Marked>();
  private moment = 0;

  constructor(
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
    private readonly puts: Puts,
  ) {}

  /** Now, or around the COMMIT of the open transaction. */
  async carryOut(eviction: Eviction): Promise<EvictionResult> {
    const change = this.changeOf(eviction);
    if (!inTransaction()) return { status: await this.evictNow([change], eviction.cellNames) };
    enlist(this, change);
    return { status: 'scheduled' };
  }

  /**
   * Around the COMMIT of each transaction that `work` opens, and once more when it has returned, since not everything
   * is written in a transaction. In an open transaction: around its COMMIT, whatever comes of `work`.
   *
   * @param put stored with the last of these evictions, if nobody else has changed any of its cells since it began
   */
  async carryOutWith<T>(eviction: Eviction, work: () => Promise<T>, put?: Put): Promise<T> {
    const change = this.changeOf(eviction, put);
    if (inTransaction()) {
      enlist(this, change);
      return this.run(change, work);
    }
    const evict = (): Promise<EvictionStatus> => this.evictNow([change], eviction.cellNames);
    if (eviction.beforeInvocation) await evict();
    try {
      const result = await enlistInEach(this, change, () => this.run(change, work));
      await evict();
      if (put) this.puts.end(put);
      return result;
    } catch (error) {
      // Again: a reader may have loaded meanwhile what the change has made old before it failed.
      if (eviction.beforeInvocation) await evict();
      throw error;
    }
  }

  /** @throws Unavailable 503 when an eviction is `failClosed` and its cells cannot be marked */
  async prepare(changes: readonly Change[]): Promise<void> {
    const cellNames = [...new Set(changes.flatMap(({ eviction }) => eviction.cellNames))];
    if (cellNames.length === 0) return;
    const writeId = randomUUID();
    const mark = async (): Promise<EvictionStatus> =>
      this.follow(changes, await this.store.mark(writeId, cellNames, MARK_LIFE_MS));
    const status = await mark();
    if (status !== 'ok' && changes.some(({ eviction }) => eviction.failClosed)) {
      throw new Unavailable('The change was not made: the cache could not be told of it.');
    }
    const renew = (): void => void (marked.renewed = Promise.all([marked.renewed, mark()]));
    const renewal = setInterval(renew, MARK_RENEWAL_MS).unref();
    const marked: Marked = { writeId, cellNames, status, renewal, renewed: Promise.resolve() };
    this.marked.set(changes, marked);
  }

  async ended(changes: readonly Change[], outcome: TransactionOutcome): Promise<void> {
    const marked = this.marked.get(changes);
    if (!marked) return;
    const { writeId, cellNames, status, renewal } = marked;
    clearInterval(renewal);
    for (const { put } of changes) {
      if (outcome === 'committed' && put) put.committed = true;
      else put?.lineage.break();
    }
    if (outcome === 'rolled back') {
      // Without an answer they may still be set: they end by themselves.
      if (status === 'ok') await this.store.evict(cellNames, writeId);
      return;
    }
    if (outcome === 'unknown') {
      const { status: remarked } = await this.store.mark(writeId, cellNames, UNKNOWN_OUTCOME_LIFE_MS);
      if (remarked === 'ok') return;
    }
    // What it has met is to be known first.
    await marked.renewed;
    await this.evictNow(changes, cellNames, writeId);
    for (const change of changes) this.endPut(change, changes);
  }

  private changeOf(eviction: Eviction, put?: Put): Change {
    return { eviction, put, begunAt: ++this.moment, overAt: Infinity };
  }

  private async run<T>(change: Change, work: () => Promise<T>): Promise<T> {
    const result = await work();
    if (change.put) this.puts.returned(change.put, result);
    change.overAt = ++this.moment;
    return result;
  }

  /** Of a write inside of a larger transaction: the last word on its cells, or none. */
  private endPut(change: Change, all: readonly Change[]): void {
    const { put, begunAt, overAt } = change;
    // What is not over ends where the method returns.
    if (!put || overAt === Infinity) return;
    const isTouchedBy = ({ eviction }: Change): boolean =>
      eviction.cellNames.some((name) => put.lineage.dependsOn(name));
    if (all.some((other) => other !== change && other.overAt > begunAt && isTouchedBy(other))) put.lineage.break();
    this.puts.end(put);
  }

  private async evictNow(
    changes: readonly Change[],
    cellNames: readonly string[],
    writeId?: string,
  ): Promise<EvictionStatus> {
    if (cellNames.length === 0) return 'ok';
    const status = this.follow(changes, await this.store.evict(cellNames, writeId));
    this.metrics.evicted(new Set(changes.flatMap(({ eviction }) => [...eviction.caches])), status);
    return status;
  }

  private follow(changes: readonly Change[], changed: CellsChanged): EvictionStatus {
    for (const { put } of changes) put?.lineage.follow(changed);
    return changed.status;
  }
}
