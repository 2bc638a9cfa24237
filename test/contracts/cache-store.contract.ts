import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cell } from '../../src/cache/cache-key';
import { toCachedValue } from '../../src/cache/cached-value';
import type { CacheStore, CellsChanged, GenerationVector, StoredEntry, StoreRead } from '../../src/cache/store';
import { narrowed, noncesOf } from '../../src/cache/stores/generation';
import { until } from '../support/until';

export interface OpenStore {
  readonly store: CacheStore;
  close(): Promise<unknown>;
}

interface Kept {
  /** False: a store that may answer nothing, but must not answer wrongly. */
  readonly keeps: boolean;
  /** By several processes. */
  readonly shared?: boolean;
  /** False: what it keeps is elsewhere, and it does not tell how much. */
  readonly held?: boolean;
}

/** What every store must keep. */
export function describeCacheStore(
  name: string,
  open: () => Promise<OpenStore>,
  { keeps, shared = false, held = true }: Kept,
): void {
  describe(`CacheStore: ${name}`, () => {
    let opened: OpenStore;
    let store: CacheStore;
    const ttlMs = 60_000;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());

    const entryOf = (json: unknown, expiresAt = Date.now() + ttlMs): StoredEntry => ({
      tenantId: 'one',
      value: toCachedValue(json, 'test'),
      expiresAt,
      loadMs: 1,
    });

    /** A question of its own for each test, so that the suites can share a Redis. */
    const question = () => {
      const id = randomUUID();
      const entryKey = `e:v1:tenant:${id}:all:list:1`;
      const cells: Cell[] = [
        { name: `g:tenant:${id}`, many: false },
        { name: `g:tenant:${id}:list`, many: false },
        { name: `g:tenant:${id}:list:1`, many: true },
      ];
      const read = (): Promise<StoreRead> => store.read(entryKey, cells, ttlMs);
      const vector = async (): Promise<GenerationVector | undefined> => (await read()).vector;
      const fill = async (entry: StoredEntry): Promise<void> => {
        const token = await vector();
        if (token !== undefined) await store.write(entryKey, token, entry);
      };
      return { entryKey, cells, read, vector, fill };
    };

    it('knows nothing at first', async () => {
      expect((await question().read()).entry).toBeUndefined();
    });

    it('names itself', () => {
      const { kind, breaker, deferredEvictions } = store.status();
      expect(['redis', 'memory', 'custom', 'none']).toContain(kind);
      expect({ breaker, deferredEvictions }).toEqual({ breaker: 'closed', deferredEvictions: 0 });
    });

    it.each([0, 1, 2])('forgets what depends on an evicted cell, whichever it is (%i)', async (index) => {
      const { cells, fill, read } = question();
      await fill(entryOf({ old: true }));
      expect((await store.evict([cells[index]?.name ?? ''])).status).toBe('ok');
      expect((await read()).entry).toBeUndefined();
    });

    it('never hands out what was loaded before an eviction, however late it is stored', async () => {
      const { entryKey, cells, vector, read } = question();
      const token = await vector();
      await store.evict([cells[1]?.name ?? '']);
      if (token !== undefined) await store.write(entryKey, token, entryOf({ old: true }));
      expect((await read()).entry).toBeUndefined();
    });

    it('never hands out what was stored with generations it has not given', async () => {
      const { entryKey, read } = question();
      await store.write(entryKey, 'made up' as GenerationVector, entryOf({ old: true }));
      expect((await read()).entry).toBeUndefined();
    });

    it('hands out nothing of a change that is about to be committed, nor what was loaded before it', async () => {
      const { entryKey, cells, fill, vector, read } = question();
      await fill(entryOf({ old: true }));
      const token = await vector();
      const write = randomUUID();
      expect((await store.mark(write, [cells[1]?.name ?? ''], ttlMs)).status).toBe('ok');
      const { entry, vector: during } = await read();
      expect({ entry, during }).toEqual({ entry: undefined, during: undefined });

      if (token !== undefined) await store.write(entryKey, token, entryOf({ old: true }));
      expect((await read()).entry).toBeUndefined();
      await store.evict([cells[1]?.name ?? ''], write);
      expect((await read()).entry).toBeUndefined();
    });

    it('never hands out what has expired', async () => {
      const { fill, read } = question();
      await fill(entryOf({ old: true }, Date.now() - 1));
      expect((await read()).entry).toBeUndefined();
    });

    if (!keeps) {
      it('never lets anybody fill it', async () => {
        expect(await question().vector()).toBeUndefined();
      });
      return;
    }

    it.each([[{ a: [1, { b: 'é' }] }], [[]], [null], [0], ['text']])('hands out %j as it was stored', async (json) => {
      const { fill, read } = question();
      const entry = entryOf(json);
      await fill(entry);
      const found = (await read()).entry;
      expect(found).toEqual(entry);
      expect(Object.isFrozen(found?.value.json)).toBe(true);
    });

    it('keeps that no tenant owns an entry', async () => {
      const { fill, read } = question();
      await fill({ ...entryOf(1), tenantId: undefined });
      expect((await read()).entry).toMatchObject({ tenantId: undefined, value: { json: 1 } });
    });

    it('keeps what is under a key when others begin to depend on that key, and forgets it with them', async () => {
      const { entryKey, cells, fill, read } = question();
      await fill(entryOf(1));
      const ofKey = cells.map(({ name }) => ({ name, many: false }));
      await store.read(`${entryKey}:more`, [...ofKey, { name: `${entryKey}:more`, many: true }], ttlMs);
      const { entry, vector } = await read();
      expect(entry).toMatchObject({ value: { json: 1 } });
      await store.evict([cells[2]?.name ?? '']);
      if (vector !== undefined) await store.write(entryKey, vector, entryOf(2));
      expect((await read()).entry).toBeUndefined();
    });

    it('keeps what does not depend on the evicted cell', async () => {
      const { fill, read } = question();
      await fill(entryOf({ kept: true }));
      await store.evict([`g:tenant:${randomUUID()}`]);
      expect((await read()).entry?.value.json).toEqual({ kept: true });
    });

    describe('what depends on some of its cells only', () => {
      const unlessSecond = (place: number): boolean => place !== 1;
      const narrow = () => {
        const { cells, entryKey, vector, read } = question();
        const evict = (place: number) => store.evict([cells[place]?.name ?? '']);
        const fill = async (json: unknown): Promise<void> => {
          const token = (await store.read(entryKey, cells, ttlMs, 'renew')).vector;
          if (token !== undefined) await store.write(entryKey, narrowed(token, unlessSecond), entryOf(json));
        };
        return { cells, entryKey, vector, read, evict, fill };
      };

      it('is kept when another of them is evicted, or is about to change', async () => {
        const { cells, fill, read, evict } = narrow();
        await fill('kept');
        await evict(1);
        expect((await read()).entry?.value.json).toBe('kept');
        await store.mark(randomUUID(), [cells[1]?.name ?? ''], ttlMs);
        const during = await read();
        // A store that cannot tell may say that it does not know.
        if (!during.entry) expect(during).toMatchObject({ changing: true });
        expect(during.vector).toBeUndefined();
      });

      it.each([0, 2])('is forgotten with each of these (%i)', async (place) => {
        const { fill, read, evict } = narrow();
        await fill('old');
        await evict(1);
        await read();
        await evict(place);
        expect((await read()).entry).toBeUndefined();
      });

      it('is nothing while one of these is about to change', async () => {
        const { cells, fill, read } = narrow();
        await fill('old');
        await store.mark(randomUUID(), [cells[2]?.name ?? ''], ttlMs);
        expect(await read()).toMatchObject({ changing: true });
        expect((await read()).entry).toBeUndefined();
      });

      it('is told with no generations but those that it holds under, though some were made only now', async () => {
        const { cells, entryKey, fill, evict } = narrow();
        await fill('old');
        const asked = Array.from({ length: 40 }, () => {
          const missing = { name: `g:tenant:${randomUUID()}`, many: true };
          return store.read(entryKey, cells.with(1, missing), ttlMs, 'renew');
        });
        const evicted = evict(2);
        const answers = await Promise.all(asked);
        await evicted;
        for (const { entry, vector } of answers) {
          if (entry && vector !== undefined) await store.write(entryKey, narrowed(vector, unlessSecond), entry);
        }
        expect((await store.read(entryKey, cells, ttlMs)).entry).toBeUndefined();
      });

      it('tells all generations to whoever renews it: the next value may depend on others', async () => {
        const { cells, entryKey, fill, read, evict } = narrow();
        await fill('first');
        await read();
        const { entry, vector } = await store.read(entryKey, cells, ttlMs, 'renew');
        expect(entry?.value.json).toBe('first');
        if (vector === undefined) throw new Error('nothing may be stored');
        await store.write(entryKey, vector, entryOf('second'));
        await evict(1);
        // The first is still as good as it was.
        expect((await read()).entry?.value.json).not.toBe('second');
      });
    });

    it('gives everybody who asks at once the same generations', async () => {
      const { vector } = question();
      const vectors = await Promise.all(Array.from({ length: 50 }, vector));
      expect(new Set(vectors).size).toBe(1);
      expect(vectors[0]).toBeDefined();
    });

    it('gives new generations after an eviction, and takes a fill with them', async () => {
      const { cells, fill, vector, read } = question();
      const before = await vector();
      await store.evict(cells.map(({ name: cell }) => cell));
      expect(await vector()).not.toBe(before);
      await fill(entryOf({ new: true }));
      expect((await read()).entry?.value.json).toEqual({ new: true });
    });

    it('is for one process at a time to load, and for anybody once it is released', async () => {
      const { entryKey, vector } = question();
      const token = await vector();
      if (token === undefined) throw new Error('nothing may be stored');
      expect(await store.claim(entryKey, token)).toBe(true);
      const again = await store.claim(entryKey, token);
      expect(again).toBe(!shared);
      await store.release(entryKey, token);
      expect(await store.claim(entryKey, token)).toBe(true);
      expect(await store.claim(entryKey, `${token} later` as GenerationVector)).toBe(true);
    });

    describe('a mark', () => {
      const marked = () => {
        const { cells, ...rest } = question();
        const names = cells.slice(0, 2).map(({ name: cell }) => cell);
        const write = () => {
          const id = randomUUID();
          return {
            mark: (lifeMs = ttlMs) => store.mark(id, names, lifeMs),
            done: () => store.evict(names, id),
          };
        };
        return { ...rest, names, one: write(), two: write() };
      };

      it('keeps everybody from storing until its write is done, then nothing', async () => {
        const { one, read, fill } = marked();
        await fill(entryOf({ old: true }));
        await one.mark();
        expect(await read()).toMatchObject({ changing: true });
        await one.done();
        await fill(entryOf({ new: true }));
        expect((await read()).entry?.value.json).toEqual({ new: true });
      });

      it.each(['the first to mark', 'the last to mark'])('is not taken away by %s', async (first) => {
        const { one, two, read, vector } = marked();
        await one.mark();
        await two.mark();
        const [earlier, later] = first === 'the first to mark' ? [one, two] : [two, one];
        await earlier.done();
        expect(await read()).toMatchObject({ changing: true });
        await later.done();
        expect(await vector()).toBeDefined();
      });

      it('makes worthless what was loaded between two writes: it has not seen the second', async () => {
        const { entryKey, one, two, read, vector } = marked();
        await one.mark();
        await one.done();
        const between = await vector();
        await two.mark();
        if (between !== undefined) await store.write(entryKey, between, entryOf({ old: true }));
        await two.done();
        expect((await read()).entry).toBeUndefined();
      });

      it('is not taken away by an eviction that is none of its business', async () => {
        const { one, names, read } = marked();
        await one.mark();
        expect((await store.evict(names)).status).toBe('ok');
        expect(await read()).toMatchObject({ changing: true });
      });

      it('ends by itself when its write has died, and everything from before it is gone', async () => {
        const { entryKey, one, fill, vector, read } = marked();
        await fill(entryOf({ old: true }));
        const before = await vector();
        await one.mark(60);
        await until(async () => (await vector()) !== undefined);
        if (before !== undefined) await store.write(entryKey, before, entryOf({ old: true }));
        expect((await read()).entry).toBeUndefined();
        await fill(entryOf({ new: true }));
        expect((await read()).entry?.value.json).toEqual({ new: true });
      });

      it('of a dead write ends while others come and go', async () => {
        const { one, two, vector } = marked();
        await one.mark(60);
        await two.mark();
        await pause(70);
        await two.done();
        expect(await vector()).toBeDefined();
      });

      it('lasts longer when it is set again', async () => {
        const { one, read } = marked();
        await one.mark(40);
        await one.mark();
        await pause(60);
        expect(await read()).toMatchObject({ changing: true });
      });
    });

    describe('a change tells what it has met, so that a write knows whether it was alone', () => {
      const changed = () => {
        const { cells, vector, ...rest } = question();
        const names = cells.slice(1).map(({ name: cell }) => cell);
        const write = (id = randomUUID()) => ({
          id,
          mark: async (lifeMs = ttlMs) => metBy(await store.mark(id, names, lifeMs)),
          done: async () => metBy(await store.evict(names, id)),
          evict: async () => metBy(await store.evict(names)),
        });
        const metBy = ({ cells: met }: CellsChanged) => {
          const found = names.map((cell) => met.get(cell)?.found);
          const left = names.map((cell) => met.get(cell)?.left);
          return { found, left, foundOne: new Set(found).size === 1 ? found[0] : 'several' };
        };
        const nonces = async (): Promise<string[]> => noncesOf((await vector()) ?? ('' as GenerationVector)).slice(1);
        return { ...rest, nonces, one: write(), two: write() };
      };

      it('the nonces before it, its own mark, and the nonces that everybody reads then', async () => {
        const { nonces, one } = changed();
        const before = await nonces();
        const marked = await one.mark();
        expect(marked.found).toEqual(before);
        expect(marked.left).toEqual(before.map(() => one.id));
        expect((await one.mark()).foundOne).toBe(one.id);
        const done = await one.done();
        expect(done.foundOne).toBe(one.id);
        expect(await nonces()).toEqual(done.left);
        const again = await one.evict();
        expect(again.found).toEqual(done.left);
        expect(await nonces()).toEqual(again.left);
      });

      it('nothing that was known, where somebody else has evicted before', async () => {
        const { nonces, one, two } = changed();
        const before = await nonces();
        await two.evict();
        const { found } = await one.mark();
        expect(found.some((nonce, index) => nonce === before[index])).toBe(false);
      });

      it('the other, where another mark is, and that they were two', async () => {
        const { nonces, one, two } = changed();
        await nonces();
        await one.mark();
        expect((await two.mark()).foundOne).toBe(one.id);
        expect((await two.done()).foundOne).toBeUndefined();
        expect((await one.done()).foundOne).toBeUndefined();
      });

      it.each(['mark', 'done'] as const)(
        'not itself (%s), where another write came and went meanwhile',
        async (next) => {
          const { nonces, one, two } = changed();
          await nonces();
          await one.mark();
          await two.mark();
          await two.done();
          expect((await one[next]()).foundOne).toBeUndefined();
        },
      );

      it('not itself, where somebody has evicted without a mark meanwhile', async () => {
        const { nonces, one, two } = changed();
        await nonces();
        await one.mark();
        await two.evict();
        expect((await one.done()).foundOne).toBeUndefined();
      });

      it('not itself, where its mark has ended', async () => {
        const { nonces, one } = changed();
        await nonces();
        await one.mark(20);
        await pause(30);
        await nonces();
        const { found } = await one.mark();
        expect(found).not.toContain(one.id);
      });
    });

    if (!held) return;

    it('counts what this process holds', async () => {
      const { fill } = question();
      const before = store.status();
      await fill(entryOf({ counted: true }));
      const after = store.status();
      expect(after.entries).toBe(before.entries + 1);
      expect(after.bytes).toBeGreaterThan(before.bytes);
    });
  });
}
