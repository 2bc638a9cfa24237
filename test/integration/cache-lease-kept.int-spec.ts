import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const LEASE_MS = 300;

/** What is kept is not leased once more: else a value could be one lease behind in each of the values made of it. */
describeWithRedis('A value under a lease, inside of what is kept longer', () => {
  let redis: TestRedis;
  let network: TcpProxy;
  let reader: OpenCache;
  let writer: OpenCache;

  beforeEach(async () => {
    redis = await startRedis();
    network = await TcpProxy.inFrontOf(redis.url);
    reader = await openCache({ REDIS_URL: network.url, CACHE_LEASED: 'asset,risk', CACHE_DEADLINE_MS: '2000' });
    writer = await openCache({ REDIS_URL: redis.url });
    await Promise.all([reader.connected(), writer.connected()]);
  });
  afterEach(async () => {
    await Promise.all([reader.close(), writer.close()]);
    await network.close();
    await redis.stop();
  });

  it('is compared first', async () => {
    let version = 1;
    const row = (): Promise<{ version: number }> =>
      reader.cache.getOrLoad({ cache: 'asset', key: ['id', 1] }, () => Promise.resolve({ version }));
    const summary = (): Promise<{ version: number }> =>
      reader.cache.getOrLoad({ cache: 'risk', key: ['summary', 1] }, row, { tags: [tag('asset', 'id', 1)] });
    const readAsTenant = async (read: () => Promise<{ version: number }>): Promise<number> =>
      (await asTenant('one', read)).version;

    // Asked until it is leased: the feed follows.
    await until(async () => {
      await readAsTenant(row);
      return (reader.health.cacheHealth().leaseAgeMs ?? Infinity) < LEASE_MS / 3;
    });
    expect(await readAsTenant(row)).toBe(1);
    // The newest connection is that of the feed: nothing is heard any more.
    const goOn = network.stall((sockets) => {
      const answers = sockets.at(-1);
      if (!answers) throw new Error('nobody is connected');
      return answers;
    });
    version = 2;
    await asTenant('one', () => writer.cache.evict({ tags: [tag('asset', 'id', 1)] }));
    // By itself it may be behind, for the rest of its lease.
    expect(await readAsTenant(row)).toBe(1);
    expect(await readAsTenant(summary)).toBe(2);
    goOn();
  });
});
