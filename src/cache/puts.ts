import { Inject, Injectable, Logger } from '@nestjs/common';
import { CACHE_STORE } from './cache-store.token';
import { CacheMetrics } from './cache.metrics';
import { toCachedValue } from './cached-value';
import { Lineage } from './lineage';
import { Reads, storedEntry, type Ask } from './reads';
import type { CacheStore, StoredEntry } from './store';

/** A value that a write is to leave in the cache. */
export interface Put {
  readonly ask: Ask;
  readonly lineage: Lineage;
  /** Once the write has returned it. */
  entry?: StoredEntry;
  /** A transaction of the write has been committed, and none rolled back. */
  committed: boolean;
}

/** Stores what writes return, where nothing else can have changed it since they began. */
@Injectable()
export class Puts {
  private readonly logger = new Logger('Cache');

  constructor(
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
    private readonly reads: Reads,
  ) {}

  /** Before the write begins. Undefined when nothing may be stored: another write is about to commit, or Redis is away. */
  async begin(ask: Ask): Promise<Put | undefined> {
    const { vector } = await this.reads.look(ask, 'renew');
    if (vector !== undefined) return { ask, lineage: new Lineage(ask.cells, vector), committed: false };
    this.metrics.put(ask.cache, 'skipped');
    return undefined;
  }

  /** The write has returned, and is made: a result that cannot be stored must not make it look as if it had failed. */
  returned(put: Put, result: unknown): void {
    if (result === undefined) return;
    try {
      const value = toCachedValue(result, put.ask.cache);
      if (!put.ask.unless?.(value.json)) put.entry = storedEntry(put.ask, value, 0);
    } catch (error) {
      this.logger.warn(`What a write has returned cannot be stored: ${String(error)}`);
    }
  }

  /** The last change of the cells has been made. Nobody waits for it: a value that comes late carries old generations. */
  end({ ask, lineage, entry, committed }: Put): void {
    const { vector } = lineage;
    const stored = entry !== undefined && committed && vector !== undefined;
    if (stored) void this.store.write(ask.entryKey, vector, entry);
    this.metrics.put(ask.cache, stored ? 'stored' : 'skipped');
  }
}
