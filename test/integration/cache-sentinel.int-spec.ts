import { randomUUID } from 'node:crypto';
import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis } from '../support/redis-server';
import { startWatchedRedis, type WatchedRedis } from '../support/redis-sentinel';
import { until } from '../support/until';

const FAILOVER_MS = 15_000;

jest.setTimeout(180_000);

describeWithRedis('Redis whose master sentinels name', () => {
  let redis: WatchedRedis;
  let one: OpenCache;
  let two: OpenCache;

  const instance = (): Promise<OpenCache> => openCache({ REDIS_URL: redis.url, CACHE_DEADLINE_MS: '100' });
  const isUp = ({ health }: OpenCache): boolean => health.cacheHealth().breaker === 'closed';
  const healed = (): Promise<void> => until(() => isUp(one) && isUp(two), FAILOVER_MS);

  const newRow = (mode: 'validated' | 'lease' = 'validated') => {
    const id = randomUUID();
    let version = 1;
    let loads = 0;
    const read = async ({ cache }: OpenCache): Promise<number> => {
      const load = () => Promise.resolve({ version, load: ++loads });
      const ask = { cache: 'risk', key: ['id', id] } as const;
      return (await asTenant('one', () => cache.getOrLoad(ask, load, { tags: [tag('row', id)], mode }))).version;
    };
    return {
      read,
      write: async ({ cache }: OpenCache) => {
        version++;
        return (await asTenant('one', () => cache.evict({ tags: [tag('row', id)] }))).status;
      },
      isCached: async (cache: OpenCache): Promise<boolean> => {
        await read(cache);
        const before = loads;
        await read(cache);
        return loads === before;
      },
    };
  };

  beforeEach(async () => {
    redis = await startWatchedRedis();
    [one, two] = await Promise.all([instance(), instance()]);
    await Promise.all([one.connected(), two.connected()]);
  });
  afterEach(async () => {
    redis.master.thaw();
    redis.replica.thaw();
    await Promise.all([one.close(), two.close()]);
    await redis.stop();
  });

  const promoted = async (): Promise<void> => {
    await until(async () => (await redis.masterPort()) === redis.replica.port, FAILOVER_MS);
    await healed();
  };

  it.each(['validated', 'lease'] as const)(
    'caches there, and follows the master when it is killed (%s)',
    async (mode) => {
      const row = newRow(mode);
      expect(await row.isCached(one)).toBe(true);
      expect(await row.isCached(two)).toBe(true);
      await redis.master.kill();
      expect(await row.write(one)).toBe('deferred');
      expect(await row.read(one)).toBe(2);
      await promoted();
      expect(one.health.cacheHealth().deferredEvictions).toBe(0);
      expect(await row.read(two)).toBe(2);
      await until(() => row.isCached(two));
      expect(await redis.replica.command('DBSIZE')).toBeGreaterThan(0);
    },
  );

  it('follows it to a replica that has lost the last evictions: what it still holds is out of reach', async () => {
    const row = newRow();
    expect(await row.isCached(two)).toBe(true);
    redis.replica.freeze();
    expect(await row.write(one)).toBe('ok');
    await redis.master.kill();
    redis.replica.thaw();
    await promoted();
    expect(await row.read(two)).toBe(2);
    expect(await row.read(one)).toBe(2);
  });

  it('leaves a master that was frozen while another took its place, although nothing else tells it to', async () => {
    const row = newRow();
    expect(await row.isCached(one)).toBe(true);
    expect(await row.isCached(two)).toBe(true);
    redis.master.freeze();
    // Nobody asks it for anything, so that no command is missed; only the sentinel says so.
    await until(async () => (await redis.masterPort()) === redis.replica.port, FAILOVER_MS);
    const moved = async () => /\bcmd=eval\b/.test(String(await redis.replica.command('CLIENT', 'LIST')));
    await until(moved, FAILOVER_MS);
    await healed();
    redis.master.thaw();
    expect(await row.write(one)).toBe('ok');
    expect(await row.read(two)).toBe(2);
  });

  it('follows a planned failover', async () => {
    const row = newRow();
    expect(await row.isCached(one)).toBe(true);
    await redis.failOver();
    await promoted();
    expect(await row.write(two)).toBe('ok');
    expect(await row.read(one)).toBe(2);
    expect(await row.isCached(one)).toBe(true);
  });
});
