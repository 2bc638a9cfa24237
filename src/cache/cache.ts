import { Inject, Injectable } from '@nestjs/common';
import { currentActor, currentTenantId } from '../context/request-context';
import { inTransaction } from '../database/transaction.events';
import { reportCacheOutcome, type CacheOutcome } from '../http/cache-status';
import { addressOf, type Audience, type CacheKey } from './cache-key';
import { CACHE_NAMES, NAMED_CACHES, type CacheName } from './cache-names';
import { CACHE_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CacheMetrics, type ReadOutcome } from './cache.metrics';
import { toCachedValue } from './cached-value';
import { resolveEviction, type EvictionOptions, type EvictionTargets } from './eviction';
import { Evictions, type EvictionResult } from './evictions';
import { Loads } from './loads';
import type { CacheStore, GenerationVector, ReadMode, StoredEntry, StoreRead } from './store';
import type { Tag } from './tag';

export interface ReadOptions {
  readonly tags?: readonly Tag[];
  /** Instead of the cache's own. */
  readonly ttlSeconds?: number;
  /** `user`: for the current user alone. Default `tenant`. */
  readonly visibility?: 'tenant' | 'user';
  /** Instead of the cache's own. */
  readonly mode?: ReadMode;
}

/**
 * Answers reads from the store without ever being wrong: an entry is handed out only while every generation cell it
 * depends on holds what it held before the entry was loaded.
 */
@Injectable()
export class Cache {
  private readonly loads: Record<CacheName, Loads<StoredEntry>>;

  constructor(
    private readonly config: CacheConfig,
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
    private readonly evictions: Evictions,
  ) {
    const loads = CACHE_NAMES.map((name) => [name, new Loads<StoredEntry>(config.maxLoads)]);
    this.loads = Object.fromEntries(loads) as Record<CacheName, Loads<StoredEntry>>;
  }

  /**
   * The answer to a question, from the cache or from the loader: plain JSON, deeply frozen, the same either way. The
   * loader's exceptions pass through and are not stored. Inside a transaction the loader always runs.
   *
   * @throws NothingToCache when undefined was loaded; UnusableKeyPart; NoRequestContext without a tenant
   */
  async getOrLoad<T>(question: CacheKey, loader: () => Promise<T>, options: ReadOptions = {}): Promise<T> {
    const { tier, outcome, entry } = await this.find(question, loader, options);
    this.metrics.read(question.cache, tier, outcome);
    report(entry, outcome);
    return entry.value.json as T;
  }

  /**
   * Makes everything that depends on the targets unreadable: around the COMMIT of the open transaction, else now. Never
   * fails because of the store, unless `failClosed` is asked for.
   *
   * @throws UnusablePattern, UnusableKeyPart; NoRequestContext when something of a tenant is evicted without one
   */
  async evict(targets: EvictionTargets, options?: EvictionOptions): Promise<EvictionResult> {
    return this.evictions.carryOut(resolveEviction(targets, currentTenantId, options));
  }

  /**
   * Runs a change and evicts with it: around the COMMIT of each transaction it opens or runs in, and when it has
   * returned. What is wrong with the targets comes out before the change is made.
   *
   * @throws as `evict`, and what `change` throws
   */
  async evictWith<T>(targets: EvictionTargets, change: () => Promise<T>, options?: EvictionOptions): Promise<T> {
    return this.evictions.carryOutWith(resolveEviction(targets, currentTenantId, options), change);
  }

  private async find(question: CacheKey, loader: () => Promise<unknown>, options: ReadOptions): Promise<Answer> {
    const { cache } = question;
    const audience = audienceOf(cache, options.visibility);
    const ttlMs = 1000 * (options.ttlSeconds ?? this.config.ttlSecondsOf(cache));
    const load = (): Promise<StoredEntry> => this.load(cache, loader, audience, ttlMs);
    const mode = options.mode ?? this.config.modeOf(cache);
    if (inTransaction()) return { tier: 'none', outcome: 'bypass', entry: await load() };

    const { entryKey, cells } = addressOf(question, options.tags ?? [], audience);
    const { tier, entry, vector, changing, degraded } = await this.store.read(entryKey, cells, ttlMs, mode);
    if (entry && entry.tenantId === audience.tenantId) return { tier, outcome: 'hit', entry };
    if (entry) this.metrics.foreign(cache);

    const joined = (): void => this.metrics.joined(cache);
    if (vector !== undefined) {
      const fill = (): Promise<StoredEntry> => this.fill(entryKey, vector, load);
      const filled = await this.loads[cache].share(`${entryKey} ${vector}`, fill, joined);
      return { tier, outcome: 'miss', entry: filled };
    }
    if (!degraded && !changing) return { tier, outcome: 'bypass', entry: await load() };
    const loaded = await this.loads[cache].shareNext(entryKey, load, joined);
    return { tier: 'none', outcome: changing ? 'bypass' : 'degraded', entry: loaded };
  }

  private async load(
    cache: CacheName,
    loader: () => Promise<unknown>,
    { tenantId }: Audience,
    ttlMs: number,
  ): Promise<StoredEntry> {
    const stop = this.metrics.loadStarted(cache);
    try {
      const value = toCachedValue(await loader(), cache);
      // +-10 %: what was stored together should not expire together.
      return { tenantId, value, expiresAt: Date.now() + ttlMs * (0.9 + Math.random() * 0.2) };
    } finally {
      stop();
    }
  }

  private async fill(
    entryKey: string,
    vector: GenerationVector,
    load: () => Promise<StoredEntry>,
  ): Promise<StoredEntry> {
    const entry = await load();
    // Nobody waits for it: a write that comes late carries old generations.
    void this.store.write(entryKey, vector, entry);
    return entry;
  }
}

interface Answer {
  readonly tier: StoreRead['tier'];
  readonly outcome: ReadOutcome;
  readonly entry: StoredEntry;
}

function report({ value: { json }, expiresAt }: StoredEntry, outcome: ReadOutcome): void {
  if (typeof json !== 'object' || json === null) return;
  const stored = outcome === 'hit' || outcome === 'miss';
  const told: CacheOutcome = stored
    ? { status: outcome, ttlSeconds: Math.max(0, Math.round((expiresAt - Date.now()) / 1000)) }
    : { status: 'bypass' };
  reportCacheOutcome(json, told);
}

function audienceOf(cache: CacheName, visibility: ReadOptions['visibility'] = 'tenant'): Audience {
  if (NAMED_CACHES[cache].shared) return { tenantId: undefined, userId: undefined };
  if (visibility === 'tenant') return { tenantId: currentTenantId(), userId: undefined };
  const { tenantId, userId } = currentActor();
  return { tenantId, userId };
}
