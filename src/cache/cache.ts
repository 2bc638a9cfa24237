import { Inject, Injectable } from '@nestjs/common';
import { withReachOf } from '../context/rights';
import { currentTenantId, runAsNobody } from '../context/request-context';
import { inTransaction } from '../database/transaction.events';
import { reportCacheOutcome, type CacheOutcome } from '../http/cache-status';
import { audienceOf } from './audience';
import { addressOf, type CacheKey } from './cache-key';
import { NAMED_CACHES } from './cache-names';
import { CACHE_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CacheMetrics, type ReadOutcome } from './cache.metrics';
import { LONGEST_LIFE_SECONDS } from './decorator-rules';
import { toCachedValue } from './cached-value';
import { resolveEviction, type EvictionOptions, type EvictionTargets } from './eviction';
import { Evictions, type EvictionResult } from './evictions';
import { isKeeping, whileKeeping } from './keeping';
import { leasedHits } from './leased-hits';
import { Puts } from './puts';
import { Reads, type Ask } from './reads';
import { narrowedTo, type ResultTags } from './result-tags';
import type { CacheStore, GenerationVector, ReadMode, StoredEntry } from './store';
import type { Tag } from './tag';

export interface ReadOptions {
  readonly tags?: readonly Tag[];
  readonly resultTags?: ResultTags;
  /** Instead of the cache's own. */
  readonly ttlSeconds?: number;
  /** Of null, which is an answer like any other: "there is none" may be worth remembering for a shorter time. */
  readonly nullTtlSeconds?: number;
  /** `user`: for the current user alone. Default `tenant`. */
  readonly visibility?: 'tenant' | 'user';
  /** Permissions whose reach narrows the answer: it is given to those whose permissions reach the same. */
  readonly reach?: readonly string[];
  /** Instead of the cache's own. */
  readonly mode?: ReadMode;
  /** False: the loader runs, and the cache is neither asked nor filled. */
  readonly condition?: boolean;
  /** True for what was loaded and must not be stored; it is given plain JSON. */
  readonly unless?: (json: unknown) => boolean;
}

/** What the cache knew of one question. Handed back to `setMany`, it says what was true before the load. */
export interface Found<T> {
  readonly question: CacheKey;
  /** Undefined when it is to be loaded; null is an answer. */
  readonly value: T | undefined;
  readonly ask: Ask;
  readonly vector: GenerationVector | undefined;
  /** Of the request when it was asked. */
  readonly leasedHits: number;
}

/**
 * Answers reads from the store without ever being wrong: an entry is handed out only while every generation cell it
 * depends on holds what it held before the entry was loaded.
 */
@Injectable()
export class Cache {
  constructor(
    private readonly config: CacheConfig,
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
    private readonly reads: Reads,
    private readonly evictions: Evictions,
    private readonly puts: Puts,
  ) {}

  /**
   * The answer to a question, from the cache or from the loader: plain JSON, deeply frozen, the same either way. The
   * loader's exceptions pass through and are not stored. Inside a transaction the loader always runs.
   *
   * @throws NothingToCache when undefined was loaded; UnusableKeyPart; NoRequestContext without a tenant
   */
  async getOrLoad<T>(question: CacheKey, loader: () => Promise<T>, options: ReadOptions = {}): Promise<T> {
    const ask = this.askOf(question, options, loader);
    const passing = inTransaction() || options.condition === false;
    const { tier, outcome, entry } = await (passing ? this.reads.bypass(ask) : this.reads.answer(ask));
    this.metrics.read(question.cache, tier, outcome);
    report(entry, outcome);
    return entry.value.json as T;
  }

  /**
   * Asks for many at once, in one flight to the store. What is missing is loaded by the caller, who hands it to
   * {@link setMany} with what was found here. Inside a transaction everything is missing.
   *
   * @throws UnusableKeyPart; NoRequestContext without a tenant
   */
  async getMany<T>(questions: readonly CacheKey[], options: ReadOptions = {}): Promise<Found<T>[]> {
    const asks = questions.map((question) => ({ question, ask: this.askOf(question, options) }));
    if (inTransaction()) return asks.map((asked) => ({ ...asked, value: undefined, vector: undefined, leasedHits: 0 }));
    let answers = await Promise.all(asks.map(({ ask }) => this.reads.look(ask, ask.mode)));
    // What is loaded for those that are missing may be made of those that are not.
    if (answers.some(({ entry }) => !entry) && answers.some(({ leased }) => leased)) {
      answers = await Promise.all(asks.map(({ ask }) => this.reads.look(ask, 'validated')));
    }
    const before = leasedHits();
    return asks.map((asked, index) => {
      const { tier = 'none', entry, vector, degraded } = answers[index] ?? {};
      this.metrics.read(asked.question.cache, tier, entry ? 'hit' : degraded ? 'degraded' : 'miss');
      // What was found is not to be replaced.
      const toFill = entry ? undefined : vector;
      return { ...asked, value: entry?.value.json as T | undefined, vector: toFill, leasedHits: before };
    });
  }

  /**
   * Stores what was loaded for what {@link getMany} did not find. An eviction that came in between makes it worthless, as
   * it should; and nothing is stored when the request was answered under a lease meanwhile, since it may be made of that.
   *
   * @throws NothingToCache for undefined
   */
  async setMany<T>(loaded: readonly { readonly found: Found<T>; readonly value: T }[]): Promise<void> {
    await Promise.all(
      loaded.map(async ({ found: { ask, vector, leasedHits: before }, value }) => {
        const { cache, entryKey, audience, ttlMs, nullTtlMs } = ask;
        const cached = toCachedValue(value, cache);
        if (vector === undefined || inTransaction() || leasedHits() !== before || ask.unless?.(cached.json)) return;
        const expiresAt = Date.now() + (cached.json === null ? nullTtlMs : ttlMs);
        const entry = { tenantId: audience.tenantId, value: cached, expiresAt, loadMs: 0 };
        await this.store.write(entryKey, ask.narrow(vector, cached.json), entry);
      }),
    );
  }

  /** Seconds that a stored answer has left; undefined when there is none. The options are those of its reads. */
  async ttlSeconds(question: CacheKey, options: ReadOptions = {}): Promise<number | undefined> {
    const { entry } = await this.reads.look(this.askOf(question, options), 'validated');
    return entry && Math.max(0, (entry.expiresAt - Date.now()) / 1000);
  }

  /**
   * Gives a stored answer another life from now on; another instance that has a copy of its own keeps that for as long as it
   * knew before.
   *
   * @returns false when there is none, or a change is about to be committed
   * @throws RangeError for a life that is not positive: `evict` ends one
   */
  async setTtlSeconds(question: CacheKey, ttlSeconds: number, options: ReadOptions = {}): Promise<boolean> {
    assertLife(ttlSeconds);
    const { entryKey, ...ask } = this.askOf(question, options);
    const { entry, vector } = await this.reads.look({ entryKey, ...ask }, 'renew');
    if (!entry || vector === undefined) return false;
    await this.store.write(entryKey, ask.narrow(vector, entry.value.json), {
      ...entry,
      expiresAt: Date.now() + 1000 * ttlSeconds,
    });
    return true;
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

  /**
   * As {@link evictWith}, with the key and its tags among the targets; and what `change` returns is stored under the key,
   * if it has committed a transaction and nobody else has changed anything the key depends on since it was called. It
   * must be what the reader of that key would return, read after the call.
   *
   * @param options those of the key's reads; `condition` false: evict only
   * @throws as `evict`, and what `change` throws
   */
  async putWith<T>(
    question: CacheKey,
    change: () => Promise<T>,
    options: ReadOptions = {},
    targets: EvictionTargets = {},
    { failClosed }: EvictionOptions = {},
  ): Promise<T> {
    const { keys = [], tags = [] } = targets;
    const all = { ...targets, keys: [question, ...keys], tags: [...(options.tags ?? []), ...tags] };
    const eviction = resolveEviction(all, currentTenantId, { failClosed: failClosed ?? false });
    const ask = this.askOf(question, options);
    const put = options.condition === false ? undefined : await this.puts.begin(ask);
    return this.evictions.carryOutWith(eviction, () => whileKeeping(change), put);
  }

  private askOf({ cache, key }: CacheKey, options: ReadOptions, loader: () => Promise<unknown> = nothing): Ask {
    const { reach = [] } = options;
    const audience = audienceOf(cache, options.visibility, reach);
    const ttlSeconds = options.ttlSeconds ?? this.config.ttlSecondsOf(cache);
    assertLife(ttlSeconds);
    if (options.nullTtlSeconds !== undefined) assertLife(options.nullTtlSeconds);
    const { tags = [], resultTags } = options;
    const address = addressOf({ cache, key }, tags, audience, resultTags?.among);
    return {
      ...address,
      cache,
      audience,
      ttlMs: 1000 * ttlSeconds,
      nullTtlMs: 1000 * (options.nullTtlSeconds ?? ttlSeconds),
      mode: isKeeping() ? 'validated' : (options.mode ?? this.config.modeOf(cache)),
      // What it tells must not depend on who asks, where the key does not say who does.
      loader: () => withReachOf(reach, NAMED_CACHES[cache].shared ? () => runAsNobody(loader) : loader),
      unless: options.unless,
      narrow: (vector, json) =>
        resultTags ? narrowedTo(resultTags.of(json), address, vector, audience.tenantId) : vector,
    };
  }
}

function assertLife(seconds: number): void {
  if (!(seconds > 0 && seconds <= LONGEST_LIFE_SECONDS)) {
    throw new RangeError(`A life of ${seconds} seconds: it must be positive, and at most ${LONGEST_LIFE_SECONDS}`);
  }
}

/** Of an ask that only looks. */
function nothing(): Promise<unknown> {
  return Promise.resolve();
}

function report({ value: { json }, expiresAt }: StoredEntry, outcome: ReadOutcome): void {
  if (typeof json !== 'object' || json === null) return;
  const stored = outcome === 'hit' || outcome === 'miss';
  const told: CacheOutcome = stored
    ? { status: outcome, ttlSeconds: Math.max(0, Math.round((expiresAt - Date.now()) / 1000)) }
    : { status: 'bypass' };
  reportCacheOutcome(json, told);
}
