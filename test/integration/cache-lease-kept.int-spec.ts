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

  /** A row that the reader knows under a lease, and knows nothing more of from then on. */
  const rowBehind = async () => {
    let version = 1;
    const load = (): Promise<{ version: number }> => Promise.resolve({ version });
    const row = () => reader.cache.getOrLoad({ cache: 'asset', key: ['id', 1] }, load);
    const read = async (): Promise<number> => (await asTenant('one', row)).version;
    // Asked until it is leased: the feed follows.
    await until(async () => {
      await read();
      return (reader.health.cacheHealth().leaseAgeMs ?? Infinity) < LEASE_MS / 3;
    });
    expect(await read()).toBe(1);
    // The newest connection is that of the feed: nothing is heard any more.
    const goOn = network.stall((sockets) => {
      const answers = sockets.at(-1);
      if (!answers) throw new Error('nobody is connected');
      return answers;
    });
    version = 2;
    await asTenant('one', () => writer.cache.evict({ tags: [tag('asset', 'id', 1)] }));
    return { row, read, goOn };
  };

  it('is compared first by a load', async () => {
    const { row, read, goOn } = await rowBehind();
    // By itself it may be behind, for the rest of its lease.
    expect(await read()).toBe(1);
    const summary = () =>
      reader.cache.getOrLoad({ cache: 'risk', key: ['summary', 1] }, row, { tags: [tag('asset', 'id', 1)] });
    expect((await asTenant('one', summary)).version).toBe(2);
    goOn();
  });

  it('keeps what was made of it between getMany and setMany from being stored', async () => {
    const { row, goOn } = await rowBehind();
    const questions = [{ cache: 'risk', key: ['summary', 1] }] as const;
    const options = { tags: [tag('asset', 'id', 1)] };
    const readMany = () =>
      asTenant('one', async () => {
        const [found] = await reader.cache.getMany<{ version: number }>(questions, options);
        if (!found) throw new Error('nothing was answered');
        if (found.value) return found.value.version;
        const value = await row();
        await reader.cache.setMany([{ found, value }]);
        return value.version;
      });
    expect(await readMany()).toBe(1);
    await until(async () => (await asTenant('one', row)).version === 2);
    expect(await readMany()).toBe(2);
    // That was made of what was compared.
    expect(await asTenant('one', () => reader.cache.ttlSeconds(questions[0], options))).toBeGreaterThan(0);
    goOn();
  });
});
