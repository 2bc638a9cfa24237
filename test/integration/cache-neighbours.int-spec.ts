import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { until } from '../support/until';

/** Two instances on one Redis, of which one is not as the other is. */
describeWithRedis('an instance of the cache', () => {
  let redis: TestRedis;
  const open: OpenCache[] = [];
  let row = 'old';

  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    row = 'old';
  });

  async function opened(settings: Record<string, string> = {}): Promise<OpenCache> {
    const one = await openCache({ REDIS_URL: redis.url, CACHE_DEADLINE_MS: '5000', ...settings });
    open.push(one);
    await one.connected();
    return one;
  }

  const read = ({ cache }: OpenCache): Promise<string> =>
    asTenant('one', () =>
      cache.getOrLoad({ cache: 'asset', key: ['x'] }, () => Promise.resolve(row), { tags: [tag('x')] }),
    );
  const change = ({ cache }: OpenCache) => {
    row = 'new';
    return asTenant('one', () => cache.evict({ tags: [tag('x')] }));
  };

  it('hears of the changes of one whose cache is off', async () => {
    const [on, off] = [await opened(), await opened({ CACHE_ENABLED: 'false' })];
    await until(() => off.health.cacheHealth().breaker === 'closed');
    expect([await read(on), await read(off)]).toEqual(['old', 'old']);
    expect(await change(off)).toEqual({ status: 'ok' });
    expect([await read(on), await read(off)]).toEqual(['new', 'new']);
  });

  it.each([
    ['is full', 'maxmemory', '1000', '0'],
    ['has too few replicas', 'min-replicas-to-write', '1', '0'],
  ])(
    'that only reads does not go on serving what a Redis that %s has kept from being evicted',
    async (_what, name, bad, good) => {
      const [reader, writer] = [await opened(), await opened()];
      expect([await read(reader), await read(writer)]).toEqual(['old', 'old']);
      await redis.command('CONFIG', 'SET', name, bad);
      try {
        expect(await change(writer)).toEqual({ status: 'deferred' });
        await until(async () => (await read(reader)) === 'new', 1_500);
        expect(reader.health.cacheHealth().breaker).not.toBe('closed');
      } finally {
        await redis.command('CONFIG', 'SET', name, good);
      }
      await Promise.all([reader.connected(), writer.connected()]);
      expect([await read(reader), await read(writer)]).toEqual(['new', 'new']);
    },
  );

  it('is not cut off from Redis by a life that makes no sense', async () => {
    const one = await opened();
    for (const ttlSeconds of [Infinity, 0, -1, NaN]) {
      const asked = asTenant('one', () =>
        one.cache.getOrLoad({ cache: 'asset', key: ['life'] }, () => Promise.resolve(1), { ttlSeconds }),
      );
      await expect(asked).rejects.toThrow(RangeError);
    }
    for (let time = 0; time < 5; time++) {
      await asTenant('one', () =>
        one.cache.getOrLoad({ cache: 'asset', key: ['third', time] }, () => Promise.resolve(1), { ttlSeconds: 1 / 3 }),
      );
    }
    expect(one.health.cacheHealth().breaker).toBe('closed');
  });
});
