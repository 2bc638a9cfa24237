import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadOptions } from '../../src/cache/cache';
import type { CacheName } from '../../src/cache/cache-names';
import { contextIfAny, currentActor, currentTenantId, NoRequestContext } from '../../src/context/request-context';
import { currentReach } from '../../src/context/rights';
import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { sharedRedisUrl } from '../support/redis-server';
import { until } from '../support/until';

const stores: [string, Record<string, string>][] = [['memory', { CACHE_STORE: 'memory' }]];
if (sharedRedisUrl === undefined) process.stdout.write('skipped, there is no Redis: the surface over redis\n');
else stores.push(['redis', { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: 'surface', CACHE_DEADLINE_MS: '5000' }]);

describe.each(stores)('Cache over %s', (_kind, settings) => {
  let opened: OpenCache;

  beforeAll(async () => {
    opened = await openCache(settings);
    await opened.connected();
  });
  afterAll(() => opened.close());

  /** A question nobody has asked before. */
  const question = (cache: CacheName = 'risk') => {
    const key = ['id', randomUUID()];
    let loads = 0;
    const read = <T>(load: (count: number) => T | Promise<T>, options?: ReadOptions): Promise<T> =>
      opened.cache.getOrLoad({ cache, key }, async () => load(++loads), options);
    return { key, read, loads: () => loads };
  };

  it('neither asks nor fills on condition, and stores not what it is told not to', async () => {
    const { read, loads } = question();
    const ask = (options: ReadOptions) => asTenant('one', () => read((count) => ({ count }), options));
    expect(await ask({ condition: false })).toEqual({ count: 1 });
    expect(await ask({ unless: (json) => (json as { count: number }).count === 2 })).toEqual({ count: 2 });
    expect(await ask({})).toEqual({ count: 3 });
    expect(await ask({ condition: false })).toEqual({ count: 4 });
    expect(await ask({ unless: () => true })).toEqual({ count: 3 });
    expect(loads()).toBe(4);
  });

  it('loads once for each of two users of whom 250 ask at once, and gives neither the answer of the other', async () => {
    const { read, loads } = question();
    const users = ['me', 'you'];
    const load = async (user: string) => {
      await pause(20);
      return { of: user };
    };
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, number) => {
        const user = users[number % users.length] ?? '';
        return asTenant('one', () => read(() => load(user), { visibility: 'user' }), user);
      }),
    );
    expect(answers).toEqual(Array.from({ length: 500 }, (_, number) => ({ of: users[number % users.length] })));
    expect(loads()).toBe(users.length);
  });

  it('keeps a load for all tenants from asking who asks', async () => {
    const { read } = question('connector');
    const load = (look: () => unknown) => asTenant('one', () => read(() => ({ saw: look() ?? 'nobody' })));
    await expect(load(() => currentTenantId())).rejects.toThrow(NoRequestContext);
    await expect(load(() => currentActor().userId)).rejects.toThrow(NoRequestContext);
    await expect(load(() => currentReach('connector:read'))).rejects.toThrow();
    expect(await load(() => contextIfAny()?.actor)).toEqual({ saw: 'nobody' });
  });

  it('may remember for a shorter time that there is nothing', async () => {
    const { read, loads } = question();
    const ask = () => asTenant('one', () => read((count) => (count === 1 ? null : count), { nullTtlSeconds: 0.05 }));
    expect([await ask(), await ask(), loads()]).toEqual([null, null, 1]);
    await pause(80);
    expect([await ask(), await ask(), loads()]).toEqual([2, 2, 2]);
  });

  describe('an answer whose result tells what it depends on', () => {
    const rows = [1, 2, 3, 4].map((row) => tag('surface', 'row', randomUUID(), row));
    const shows = (...places: readonly number[]) => ({ rows: places });
    const asked = (load: () => unknown, { read, loads } = question()) => {
      const resultTags = {
        among: rows,
        of: (json: unknown) => (json as { rows: number[] }).rows.map((place) => rows[place] ?? tag('surface', 'other')),
      };
      return { ask: () => asTenant('one', () => read(load, { resultTags })), loads };
    };
    const evict = (place: number) => asTenant('one', () => opened.cache.evict({ tags: rows.slice(place, place + 1) }));

    it('outlives a change of what it might have depended on, and no other', async () => {
      const { ask, loads } = asked(() => shows(0, 2));
      await ask();
      for (const place of [1, 3, 1]) await evict(place);
      await ask();
      expect(loads()).toBe(1);
      await evict(2);
      await ask();
      expect(loads()).toBe(2);
    });

    it('depends on what it shows now, not on what it has shown', async () => {
      const shown = [shows(0), shows(1), shows(1)];
      const { ask, loads } = asked(() => shown.shift());
      await ask();
      await evict(0);
      await ask();
      await evict(0);
      expect([await ask(), loads()]).toEqual([shows(1), 2]);
      await evict(1);
      expect([await ask(), loads()]).toEqual([shows(1), 3]);
    });

    it('is not kept when something that it shows has changed while it was loaded', async () => {
      const { ask, loads } = asked(async () => {
        if (loads() === 1) await evict(3);
        return shows(3);
      });
      for (let time = 0; time < 3; time++) await ask();
      expect(loads()).toBe(2);
    });

    it('still depends on its tags and on its key', async () => {
      const always = tag('surface', 'always', randomUUID());
      const { key, read, loads } = question();
      const among = [always, ...rows];
      const ask = () =>
        asTenant('one', () => read(() => shows(0), { tags: [always], resultTags: { among, of: () => [] } }));
      await ask();
      await asTenant('one', () => opened.cache.evict({ tags: [always] }));
      await ask();
      await asTenant('one', () => opened.cache.evict({ keys: [{ cache: 'risk', key }] }));
      await ask();
      await asTenant('one', () => opened.cache.evict({ pattern: 'risk:id:*' }));
      await ask();
      expect(loads()).toBe(4);
    });

    it('may not show what it was not said to depend on', async () => {
      await expect(asked(() => shows(7)).ask()).rejects.toThrow('surface:other');
    });
  });

  it('gives and takes many at once, and no value that was loaded before an eviction', async () => {
    const keys = Array.from({ length: 20 }, () => ({ cache: 'risk' as const, key: ['id', randomUUID()] }));
    await asTenant('one', async () => {
      const found = await opened.cache.getMany<number>(keys);
      expect(found.map(({ value }) => value)).toEqual(Array(20).fill(undefined));
      const evicted = keys[3];
      if (evicted) await opened.cache.evict({ keys: [evicted] });
      await opened.cache.setMany(found.map((one, number) => ({ found: one, value: number })));
      const again = await opened.cache.getMany<number>(keys);
      expect(again.map(({ value }) => value)).toEqual(keys.map((_key, number) => (number === 3 ? undefined : number)));
    });
    const elsewhere = await asTenant('two', () => opened.cache.getMany(keys));
    expect(elsewhere.every(({ value }) => value === undefined)).toBe(true);
  });

  it('tells and changes the life of what it holds', async () => {
    const { key, read } = question();
    const it = { cache: 'risk', key } as const;
    await asTenant('one', async () => {
      expect(await opened.cache.ttlSeconds(it)).toBeUndefined();
      expect(await opened.cache.setTtlSeconds(it, 5)).toBe(false);
      await read(() => 1);
      await until(async () => ((await opened.cache.ttlSeconds(it)) ?? 0) > 269);
      expect(await opened.cache.setTtlSeconds(it, 5)).toBe(true);
      expect(await opened.cache.ttlSeconds(it)).toBeLessThanOrEqual(5);
      expect(await read(() => 2)).toBe(1);
      await opened.cache.evict({ keys: [it] });
      expect(await opened.cache.setTtlSeconds(it, 5)).toBe(false);
    });
  });

  it('evicts all entries of a cache, of one tenant, and of no other cache', async () => {
    const [risk, app] = [question('risk'), question('app')];
    const ask = (tenant: string) =>
      asTenant(tenant, async () => [await risk.read((count) => count), await app.read((count) => count)]);
    const [before, other] = [await ask('one'), await ask('two')];
    await asTenant('one', () => opened.cache.evict({ allEntries: 'risk' }));
    expect((await ask('one'))[0]).toBeGreaterThan(before[0] ?? 0);
    expect((await ask('one'))[1]).toBe(before[1]);
    expect(await ask('two')).toEqual(other);
  });
});
