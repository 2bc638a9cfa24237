import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Audience, EntryAddress } from './cache-key';
import { CACHE_NAMES, type CacheName } from './cache-names';
import { CACHE_STORE } from './cache-store.token';
import { CacheConfig } from './cache.config';
import { CacheMetrics, type ReadOutcome } from './cache.metrics';
import { toCachedValue, type CachedValue } from './cached-value';
import { isDueEarly } from './early-refresh';
import { whileKeeping } from './keeping';
import { countLeasedHit } from './leased-hits';
import { Loads } from './loads';
import type { CacheStore, GenerationVector, LookMode, ReadMode, StoredEntry, StoreRead } from './store';

/** How long a reader waits for another process that loads the same, before it loads it too. */
const LONGEST_WAIT_MS = 500;
const LONGEST_PAUSE_MS = 40;

/** One question to the cache, with everything settled. */
export interface Ask extends EntryAddress {
  readonly cache: CacheName;
  readonly audience: Audience;
  readonly ttlMs: number;
  readonly nullTtlMs: number;
  readonly mode: ReadMode;
  readonly loader: () => Promise<unknown>;
  /** What must not be stored. */
  readonly unless: ((json: unknown) => boolean) | undefined;
  /** What an entry with this value is stored with. */
  readonly narrow: (vector: GenerationVector, json: unknown) => GenerationVector;
}

export interface Answer {
  readonly tier: StoreRead['tier'];
  readonly outcome: ReadOutcome;
  readonly entry: StoredEntry;
}

/** Answers from the store, or loads: once for all in this process who ask the same at a time, and for other processes. */
@Injectable()
export class Reads {
  private readonly loads: Record<CacheName, Loads<StoredEntry>>;

  constructor(
    config: CacheConfig,
    @Inject(CACHE_STORE) private readonly store: CacheStore,
    private readonly metrics: CacheMetrics,
  ) {
    const loads = CACHE_NAMES.map((name) => [name, new Loads<StoredEntry>(config.maxLoads)]);
    this.loads = Object.fromEntries(loads) as Record<CacheName, Loads<StoredEntry>>;
  }

  async answer(ask: Ask): Promise<Answer> {
    const { tier, entry, vector, changing, degraded } = await this.look(ask, ask.mode);
    if (entry) {
      if (isDueEarly(entry, Date.now(), 1 - Math.random())) void this.refresh(ask, entry);
      return { tier, outcome: 'hit', entry };
    }
    if (vector !== undefined) return { tier, outcome: 'miss', entry: await this.fill(ask, vector) };
    if (!degraded && !changing) return this.bypass(ask);
    const load = (): Promise<StoredEntry> => this.load(ask);
    const loaded = await this.loads[ask.cache].shareNext(ask.entryKey, load, () => this.metrics.joined(ask.cache));
    return { tier: 'none', outcome: changing ? 'bypass' : 'degraded', entry: loaded };
  }

  /** Neither looks nor stores. */
  async bypass(ask: Ask): Promise<Answer> {
    return { tier: 'none', outcome: 'bypass', entry: await this.load(ask) };
  }

  /** What the store says; an entry that carries another tenant is none. */
  async look({ cache, entryKey, cells, ttlMs, audience }: Ask, mode: LookMode): Promise<StoreRead> {
    const { entry, ...answer } = await this.store.read(entryKey, cells, ttlMs, mode);
    if (!entry) return answer;
    if (answer.leased) countLeasedHit();
    if (entry.tenantId === audience.tenantId) return { ...answer, entry };
    this.metrics.foreign(cache);
    return answer;
  }

  private fill(ask: Ask, vector: GenerationVector): Promise<StoredEntry> {
    const loads = this.loads[ask.cache];
    const flight = `${ask.entryKey} ${vector}`;
    const elsewhere = (): Promise<StoredEntry | undefined> => this.waitForOther(ask, vector);
    return loads.share(
      flight,
      () => this.loadAndStore(ask, vector),
      () => this.metrics.joined(ask.cache),
      elsewhere,
    );
  }

  /** What another process stores meanwhile; undefined when it is for this one to load. */
  private async waitForOther(ask: Ask, vector: GenerationVector): Promise<StoredEntry | undefined> {
    if (await this.store.claim(ask.entryKey, vector)) return undefined;
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    for (let pauseMs = 5; performance.now() < giveUpAt; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await pause(pauseMs);
      // The claim first: the other stores before it lets go of it.
      const isClaimed = await this.store.claim(ask.entryKey, vector);
      const { entry, vector: current } = await this.look(ask, 'validated');
      if (entry && isClaimed) void this.store.release(ask.entryKey, vector);
      if (entry) return entry;
      if (isClaimed || current !== vector) return undefined;
    }
    return undefined;
  }

  /** Nobody waits for it, and whoever fails to load leaves what is still good. */
  private async refresh(ask: Ask, still: StoredEntry): Promise<void> {
    try {
      const { vector } = await this.look(ask, 'renew');
      if (vector === undefined) return;
      const claim = async (): Promise<StoredEntry | undefined> =>
        (await this.store.claim(ask.entryKey, vector)) ? undefined : still;
      const load = (): Promise<StoredEntry> => this.loadAndStore(ask, vector);
      await this.loads[ask.cache].share(`${ask.entryKey} ${vector}`, load, () => undefined, claim);
    } catch {
      // The next reader tries again, and the last one meets the exception itself.
    }
  }

  private async loadAndStore(ask: Ask, vector: GenerationVector): Promise<StoredEntry> {
    const { entryKey, unless, narrow } = ask;
    let stored: Promise<void> = Promise.resolve();
    try {
      const entry = await this.load(ask);
      // Nobody waits for it: a write that comes late carries old generations.
      const { json } = entry.value;
      if (!unless?.(json)) stored = this.store.write(entryKey, narrow(vector, json), entry);
      return entry;
    } finally {
      void stored.then(() => this.store.release(entryKey, vector));
    }
  }

  private async load(ask: Ask): Promise<StoredEntry> {
    const stop = this.metrics.loadStarted(ask.cache);
    const startedAt = performance.now();
    try {
      const value = toCachedValue(await whileKeeping(ask.loader), ask.cache);
      return storedEntry(ask, value, Math.ceil(performance.now() - startedAt));
    } finally {
      stop();
    }
  }
}

/** +-10 % of life: what was stored together should not expire together. */
export function storedEntry({ audience, ttlMs, nullTtlMs }: Ask, value: CachedValue, loadMs: number): StoredEntry {
  const lifeMs = (value.json === null ? nullTtlMs : ttlMs) * (0.9 + Math.random() * 0.2);
  return { tenantId: audience.tenantId, value, expiresAt: Date.now() + lifeMs, loadMs };
}
