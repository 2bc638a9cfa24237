import { EVERYTHING, type Cell } from '../../src/cache/cache-key';
import { Lineage } from '../../src/cache/lineage';
import { Loads } from '../../src/cache/loads';
import type { CellsChanged, GenerationVector } from '../../src/cache/store';
import { FallbackStore } from '../../src/cache/stores/fallback.store';
import { narrowed, noncesOf } from '../../src/cache/stores/generation';
import { InvalidationFeed } from '../../src/cache/stores/invalidation-feed';
import type { LocalChanges } from '../../src/cache/stores/local-changes';
import { LocalEntries } from '../../src/cache/stores/local-entries';
import { RedisStore } from '../../src/cache/stores/redis.store';
import type { Mode } from './mode';

/**
 * Bugs to be found: each breaks one guard of the engine in this process, at run time. The history must catch them, or it
 * proves nothing.
 */
const PLANTS: Readonly<Record<string, Plant>> = {
  'token-after-load': { mode: 'validated', plant: tokenAfterLoad },
  'joins-any-load': { mode: 'validated', plant: joinsAnyLoad },
  'unfenced-local-put': { mode: 'validated', plant: unfencedLocalPut },
  'unfenced-lease': { mode: 'lease', plant: unfencedLease },
  'no-lease': { mode: 'lease', plant: noLease },
  'no-epoch': { mode: 'validated', plant: noEpoch },
  'no-marks': { mode: 'validated', plant: noMarks },
  'unchecked-put': { mode: 'validated', plant: uncheckedPut },
  'forgets-what-it-shows': { mode: 'validated', plant: forgetsWhatItShows },
  'missing-cell-is-zero': { mode: 'validated', plant: missingCellIsZero },
};

interface Plant {
  /** Of the caches in which the bug shows. */
  readonly mode: Mode;
  readonly plant: () => void;
}

export const plants = Object.entries(PLANTS).map(([name, { mode }]) => ({ name, mode }));

/**
 * @returns pulls it out again
 * @throws Error when there is no such bug, or nothing left in the engine to break that way
 */
export function plantBug(name: string): () => void {
  const bug = PLANTS[name];
  if (!bug) throw new Error(`There is no bug ${name}; there are ${Object.keys(PLANTS).join(', ')}`);
  const before = planted.length;
  bug.plant();
  return () => {
    for (const restore of planted.splice(before).reverse()) restore();
  };
}

const planted: (() => void)[] = [];

/** Of a change that was not made. */
const UNTOLD: CellsChanged = { status: 'ok', cells: new Map() };

/** The generations are asked for when the value is there, not before. */
function tokenAfterLoad(): void {
  const asked = new Map<string, [readonly Cell[], number]>();
  replace(
    FallbackStore.prototype,
    'read',
    (read) =>
      function (key, cells, ttlMs, ...rest) {
        asked.set(key, [cells, ttlMs]);
        return read.call(this, key, cells, ttlMs, ...rest);
      },
  );
  replace(
    FallbackStore.prototype,
    'write',
    (write) =>
      async function (key, before, entry) {
        const question = asked.get(key);
        const now = question && (await this.read(key, ...question));
        await write.call(this, key, now?.vector ?? before, entry);
      },
  );
}

/** A reader joins whatever load of its key is under way, also one from before an eviction. */
function joinsAnyLoad(): void {
  replace(
    Loads.prototype as Loads<unknown>,
    'share',
    (share) =>
      function (key, load, onJoin) {
        return share.call(this, key.split(' ', 1)[0] ?? key, load, onJoin);
      },
  );
}

/** The process puts its own copy under the generations of today, not under those from before its load. */
function unfencedLocalPut(): void {
  const latest = new Map<string, GenerationVector>();
  replace(
    FallbackStore.prototype,
    'read',
    (read) =>
      async function (key, ...rest) {
        const answer = await read.call(this, key, ...rest);
        if (answer.vector !== undefined) latest.set(key, answer.vector);
        return answer;
      },
  );
  replace(
    LocalEntries.prototype,
    'put',
    (put) =>
      function (key, vector, ...rest) {
        put.call(this, key, latest.get(key) ?? vector, ...rest);
      },
  );
}

/** What was compared counts as compared when the answer has come, not when it was asked for. */
function unfencedLease(): void {
  replace(
    RedisStore.prototype,
    'read',
    (read) =>
      async function (this: RedisStore, key, ...rest) {
        const { local, feed } = this as unknown as Leasing;
        const before = local.get(key)?.compared;
        const answer = await read.call(this, key, ...rest);
        const held = local.get(key);
        if (held?.compared && held.compared !== before) held.compared = { ...held.compared, since: feed.position };
        return answer;
      },
  );
}

interface Leasing {
  readonly local: LocalEntries;
  readonly feed: InvalidationFeed;
}

/** Values are served for as long as no change of them was heard of, whether or not anything can be heard. */
function noLease(): void {
  replace(
    InvalidationFeed.prototype,
    'vouchesFor',
    () =>
      function (this: InvalidationFeed, cellNames, since) {
        return (this as unknown as Hearing).changes.untouched(cellNames, since);
      },
  );
}

interface Hearing {
  readonly changes: LocalChanges;
}

/** A new connection is served from as if it were the old one: no run_id in front of the keys, `*` as it was. */
function noEpoch(): void {
  replace(RedisStore.prototype, 'begin', () => () => undefined);
  replace(
    RedisStore.prototype,
    'evict',
    (evict) =>
      function (cellNames, ...rest) {
        const named = cellNames.filter((name) => name !== EVERYTHING);
        return named.length === 0 ? Promise.resolve(UNTOLD) : evict.call(this, named, ...rest);
      },
  );
}

/** Says that a change was marked before its COMMIT, and marks nothing. */
function noMarks(): void {
  replace(FallbackStore.prototype, 'mark', () => () => Promise.resolve(UNTOLD));
}

/** What a write returns is put under the generations it has made, whoever was there meanwhile. */
function uncheckedPut(): void {
  replace(
    Lineage.prototype,
    'follow',
    () =>
      function (this: Lineage, { cells }) {
        const { held } = this as unknown as Holding;
        for (const [name, { left }] of cells) if (held.has(name)) held.set(name, left);
      },
  );
}

interface Holding {
  readonly held: Map<string, string>;
}

/** A page is stored without some of what it shows. */
function forgetsWhatItShows(): void {
  replace(
    FallbackStore.prototype,
    'write',
    (write) =>
      function (key, vector, entry) {
        const nonces = noncesOf(vector);
        const [first, last] = [nonces.indexOf('*'), nonces.lastIndexOf('*')];
        return write.call(
          this,
          key,
          narrowed(vector, (place) => place < first || place > last || first === -1),
          entry,
        );
      },
  );
}

/** A cell that is not there counts as 0, and is not made. */
function missingCellIsZero(): void {
  const prototype = RedisStore.prototype as unknown as Minting;
  replace(prototype, 'mint', () => (_cells, _keys, nonces) => Promise.resolve(nonces.map((nonce) => nonce ?? '0')));
}

interface Minting {
  mint(cells: unknown, keys: unknown, nonces: readonly (string | null)[]): Promise<unknown>;
}

type Method<T, Name extends keyof T> = T[Name] extends (...args: infer Args) => infer Result
  ? (this: T, ...args: Args) => Result
  : never;

function replace<T extends object, Name extends keyof T>(
  prototype: T,
  name: Name,
  plant: (original: Method<T, Name>) => Method<T, Name>,
): void {
  const original = prototype[name];
  if (typeof original !== 'function') throw new Error(`${String(name)} is gone from the engine: plant it anew`);
  planted.push(() => (prototype[name] = original));
  prototype[name] = plant(original as Method<T, Name>) as T[Name];
}
