import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf } from '../../src/cache/cache-key';
import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';

describeWithRedis('Several instances over redis', () => {
  let redis: TestRedis;
  let instances: OpenCache[];

  beforeAll(async () => {
    redis = await startRedis();
    const settings = { REDIS_URL: redis.url, CACHE_DEADLINE_MS: '5000' };
    instances = await Promise.all([openCache(settings), openCache(settings), openCache(settings)]);
    await Promise.all(instances.map((instance) => instance.connected()));
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.close()));
    await redis.stop();
  });

  const row = () => ({ cache: 'risk' as const, key: ['id', randomUUID()] });

  it('load once between them what all are asked for at once', async () => {
    const what = row();
    let loads = 0;
    const load = async () => {
      await pause(20);
      return ++loads;
    };
    const ask = ({ cache }: OpenCache) => asTenant('one', () => cache.getOrLoad(what, load));
    const answers = await Promise.all(Array.from({ length: 50 }, () => instances.map(ask)).flat());
    expect(new Set(answers)).toEqual(new Set([1]));
    expect(loads).toBe(1);
  });

  it('make the cells of a cold key once for all who ask', async () => {
    const [instance] = instances;
    if (!instance) throw new Error('no instance');
    const what = row();
    const writes = async (): Promise<number> => {
      const stats = (await redis.command('INFO', 'commandstats')) as string;
      return Number(/cmdstat_set:calls=(\d+)/.exec(stats)?.[1]);
    };
    const before = await writes();
    const ask = () => instance.cache.getOrLoad(what, () => Promise.resolve(1), { tags: [tag('risk', 'list')] });
    await asTenant('cold', () => Promise.all(Array.from({ length: 500 }, ask)));
    // Its cells, its lock, the entry, and what a probe writes meanwhile.
    expect((await writes()) - before).toBeLessThan(25);
  });

  it('do not wait long for one that has died while it loaded, and not at all for one that failed', async () => {
    const [dead, alive] = instances;
    if (!dead || !alive) throw new Error('no instances');
    const what = row();
    const { entryKey, cells } = addressOf(what, [], { tenantId: 'one', userId: undefined });
    const { vector } = await dead.store.read(entryKey, cells, 60_000);
    if (vector === undefined) throw new Error('nothing may be stored');
    expect(await dead.store.claim(entryKey, vector)).toBe(true);
    const started = performance.now();
    expect(await asTenant('one', () => alive.cache.getOrLoad(what, () => Promise.resolve(1)))).toBe(1);
    expect(performance.now() - started).toBeLessThan(1_000);

    const failing = row();
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const fail = () => {
      begin();
      return pause(20).then(() => Promise.reject(new RangeError('no')));
    };
    const failed = asTenant('one', () => dead.cache.getOrLoad(failing, fail)).catch(() => 'failed');
    await begun;
    const began = performance.now();
    expect(await asTenant('one', () => alive.cache.getOrLoad(failing, () => Promise.resolve(2)))).toBe(2);
    expect(performance.now() - began).toBeLessThan(400);
    expect(await failed).toBe('failed');
  });
});
