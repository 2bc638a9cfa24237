import { AsyncLocalStorage } from 'node:async_hooks';
import type { INestApplicationContext } from '@nestjs/common';
import { Cache } from '../../src/cache/cache';
import { addressOf } from '../../src/cache/cache-key';
import { CACHE_STORE } from '../../src/cache/cache-store.token';
import type { CacheableOptions } from '../../src/cache/cacheable.decorator';
import type { EvictionTargets } from '../../src/cache/eviction';
import type { CacheStore } from '../../src/cache/store';
import { tagsOf } from '../../src/cache/tag-list';
import { decoratedIn, sorted, type Decorated } from './declared';
import type { TagNames } from './tag-names';

/** What happened while something was done. */
export interface Recording {
  /** Decorated writes that were called, and what was evicted without one. */
  readonly writes: Set<string>;
  /** Decorated reads that were called, but not from within another. */
  readonly reads: Set<string>;
  /** What the store was told to evict, by name. */
  readonly evicted: Set<string>;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** Looks on while an application works; everything happens as it would without. One thing at a time. */
export class Recorder {
  readonly decorated: readonly Decorated[];
  /** The tags of each cached read, of all of its calls. */
  readonly tagsOfRead = new Map<string, Set<string>>();
  /** By a cached read: those that call it. */
  readonly callersOfRead = new Map<string, Set<string>>();
  /** What `Cache.evict` was told in code, by the name it has among the writes. */
  readonly toldInCode = new Map<string, readonly string[]>();
  private readonly reading = new AsyncLocalStorage<string>();
  private current: Recording = nothing();

  constructor(
    app: INestApplicationContext,
    private readonly names: TagNames,
  ) {
    this.decorated = decoratedIn(app);
    for (const one of this.decorated) this.watch(one);
    this.watchStore(app.get(CACHE_STORE, { strict: false }));
    this.watchCode(app.get(Cache, { strict: false }));
  }

  async during(work: () => Promise<unknown>): Promise<Recording> {
    const recording = nothing();
    this.current = recording;
    await work();
    this.current = nothing();
    return recording;
  }

  private watch({ instance, name, label, cacheable }: Decorated): void {
    const methods = instance as Record<string | symbol, Method>;
    const original = methods[name];
    if (!original) throw new Error(`${label} is not there`);
    methods[name] = (...args) => {
      if (!cacheable) {
        this.current.writes.add(label);
        return original(...args);
      }
      const caller = this.reading.getStore();
      if (caller === undefined) this.current.reads.add(label);
      else addTo(this.callersOfRead, label, caller);
      this.noteTags(label, cacheable, args);
      return this.reading.run(label, () => original(...args));
    };
  }

  private noteTags(label: string, options: CacheableOptions<unknown[]>, args: unknown[]): void {
    const { cache, key, tags, resultTags } = options;
    const audience = { tenantId: 'any', userId: undefined };
    const possible = [...tagsOf(tags, args), ...(resultTags?.among ?? [])];
    const { cells } = addressOf({ cache, key: key(...args) }, possible, audience);
    for (const { name } of cells) {
      const tag = this.names.ofCell(name);
      if (tag !== undefined) addTo(this.tagsOfRead, label, tag);
    }
  }

  private watchStore(store: CacheStore): void {
    const evict = store.evict.bind(store);
    store.evict = (cellNames, writeId) => {
      for (const cell of cellNames) this.current.evicted.add(this.names.ofCell(cell) ?? cell);
      return evict(cellNames, writeId);
    };
  }

  private watchCode(cache: Cache): void {
    const evict = cache.evict.bind(cache);
    cache.evict = (targets, options) => {
      const names = this.namesOf(targets);
      const label = `Cache.evict (${names.join(', ')})`;
      this.toldInCode.set(label, names);
      this.current.writes.add(label);
      return evict(targets, options);
    };
  }

  private namesOf({ tags = [], allEntries = [] }: EvictionTargets): string[] {
    const caches = [allEntries].flat();
    return sorted([...tags.map((tag) => this.names.ofTag(tag)), ...caches.map((cache) => this.names.ofCache(cache))]);
  }
}

function nothing(): Recording {
  return { writes: new Set(), reads: new Set(), evicted: new Set() };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key) ?? new Set();
  sets.set(key, known.add(value));
}
