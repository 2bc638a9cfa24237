import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { tag } from '../../src/cache/tag';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const DEADLINE_MS = 100;
/** The deadline, and what a busy machine adds to it. */
const BOUND_MS = DEADLINE_MS + 150;
const HEALING_MS = 5_000;

describeWithRedis('Redis goes away', () => {
  let redis: TestRedis;
  let one: OpenCache;
  let two: OpenCache;

  const instance = (settings: Record<string, string> = {}): Promise<OpenCache> =>
    openCache({ REDIS_URL: redis.url, CACHE_DEADLINE_MS: String(DEADLINE_MS), ...settings });

  beforeEach(async () => {
    redis = await startRedis();
    [one, two] = await Promise.all([instance(), instance()]);
    await Promise.all([one.connected(), two.connected()]);
  });
  afterEach(async () => {
    redis.thaw();
    await Promise.all([one.close(), two.close()]);
    await redis.stop();
  });

  /** A row that everybody reads through the cache; answers tell how long they took. */
  const row = () => {
    const id = randomUUID();
    let version = 1;
    let loads = 0;
    return {
      read: async ({ cache }: OpenCache) => {
        const started = performance.now();
        const load = () => Promise.resolve({ version, load: ++loads });
        const answer = await asTenant('one', () =>
          cache.getOrLoad({ cache: 'risk', key: ['id', id] }, load, { tags: [tag('row', id)] }),
        );
        return { version: answer.version, tookMs: performance.now() - started };
      },
      write: async ({ cache }: OpenCache) => {
        version++;
        const started = performance.now();
        const { status } = await asTenant('one', () => cache.evict({ tags: [tag('row', id)] }));
        return { status, tookMs: performance.now() - started };
      },
      loads: () => loads,
    };
  };

  const isUp = ({ health }: OpenCache): boolean => health.cacheHealth().breaker === 'closed';
  const healed = (...caches: OpenCache[]): Promise<void> => until(() => caches.every(isUp), HEALING_MS);

  const cached = async (of: ReturnType<typeof row>, cache: OpenCache): Promise<boolean> => {
    await of.read(cache);
    const before = of.loads();
    await of.read(cache);
    return of.loads() === before;
  };

  it.each([{ empty: true }, { empty: false }])(
    'killed and restarted %j: right all the while, then cached',
    async (how) => {
      const it = row();
      expect(await cached(it, two)).toBe(true);
      await redis.kill();
      expect(await it.write(two)).toMatchObject({ status: 'deferred' });
      expect(two.health.cacheHealth().deferredEvictions).toBe(1);
      expect((await it.read(one)).version).toBe(2);
      expect((await it.read(two)).version).toBe(2);

      await redis.restart(how);
      await healed(one, two);
      expect(two.health.cacheHealth().deferredEvictions).toBe(0);
      expect((await it.read(one)).version).toBe(2);
      expect((await it.read(two)).version).toBe(2);
      expect(await cached(it, one)).toBe(true);
    },
  );

  it('restarted with a snapshot from before the write: what it still holds is out of reach', async () => {
    const it = row();
    expect(await cached(it, two)).toBe(true);
    await redis.kill();
    await it.write(one);
    // Nobody remembers the eviction any more.
    await one.close();
    one = await instance();
    await redis.restart({ empty: false });
    await healed(one, two);
    expect((await it.read(one)).version).toBe(2);
    expect((await it.read(two)).version).toBe(2);
  });

  describe('for one instance only, while Redis lives on', () => {
    let network: TcpProxy;
    let cutOff: OpenCache;

    beforeEach(async () => {
      network = await TcpProxy.inFrontOf(redis.url);
      cutOff = await instance({ REDIS_URL: network.url });
      await cutOff.connected();
    });
    afterEach(async () => {
      await cutOff.close();
      await network.close();
    });

    const disconnect = async (): Promise<void> => {
      network.refusing = true;
      network.cut();
      await until(() => !isUp(cutOff));
    };

    it('what it has evicted meanwhile is gone for everybody once it is back', async () => {
      const it = row();
      expect(await cached(it, one)).toBe(true);
      await disconnect();
      expect(await it.write(cutOff)).toMatchObject({ status: 'deferred' });
      expect((await it.read(cutOff)).version).toBe(2);

      network.refusing = false;
      await healed(cutOff);
      expect((await it.read(cutOff)).version).toBe(2);
      expect((await it.read(one)).version).toBe(2);
    });

    it('what it has evicted before it died is gone once its successor has booted', async () => {
      const it = row();
      expect(await cached(it, one)).toBe(true);
      await disconnect();
      await it.write(cutOff);
      await cutOff.close();

      network.refusing = false;
      cutOff = await instance({ REDIS_URL: network.url });
      await cutOff.connected();
      expect((await it.read(one)).version).toBe(2);
    });

    it('what others have evicted meanwhile is not served from its memory', async () => {
      const it = row();
      expect(await cached(it, cutOff)).toBe(true);
      await disconnect();
      expect(await it.write(one)).toMatchObject({ status: 'ok' });
      expect((await it.read(cutOff)).version).toBe(2);
      network.refusing = false;
      await healed(cutOff);
      expect((await it.read(cutOff)).version).toBe(2);
    });

    it('a slow network is no reason to wait', async () => {
      const it = row();
      await it.read(cutOff);
      network.delayMs = 2 * DEADLINE_MS;
      expect((await it.read(cutOff)).tookMs).toBeLessThan(BOUND_MS);
    });
  });

  it('flushed: nothing old comes back, and it is cached again', async () => {
    const it = row();
    await it.read(one);
    expect(await cached(it, two)).toBe(true);
    await redis.command('FLUSHALL');
    await it.write(one);
    expect((await it.read(one)).version).toBe(2);
    expect((await it.read(two)).version).toBe(2);
    expect(await cached(it, two)).toBe(true);
    expect(isUp(one)).toBe(true);
  });

  it('loses its generation cells only: their entries are lost too', async () => {
    const it = row();
    await it.read(one);
    expect(await cached(it, two)).toBe(true);
    const cells = (await redis.command('KEYS', '*:g:*')) as string[];
    expect(cells.length).toBeGreaterThan(3);
    await redis.command('DEL', ...cells);
    await it.write(one);
    expect((await it.read(one)).version).toBe(2);
    expect((await it.read(two)).version).toBe(2);
  });

  it('frozen: every read ends within the deadline, writes say deferred, and it heals', async () => {
    const it = row();
    await it.read(one);
    redis.freeze();
    const write = await it.write(one);
    expect(write.status).toBe('deferred');
    // An eviction waits ten times as long as a read: giving it up leaves others what is gone.
    expect(write.tookMs).toBeLessThan(9 * DEADLINE_MS + BOUND_MS);
    for (let times = 0; times < 5; times++) {
      const [here, there] = await Promise.all([it.read(one), it.read(two)]);
      expect(here.version).toBe(2);
      expect(here.tookMs).toBeLessThan(BOUND_MS);
      expect(there.tookMs).toBeLessThan(BOUND_MS);
    }
    // The breaker is open: nobody waits any more.
    expect((await it.read(two)).tookMs).toBeLessThan(DEADLINE_MS / 2);

    redis.thaw();
    await healed(one, two);
    expect((await it.read(one)).version).toBe(2);
    expect((await it.read(two)).version).toBe(2);
    expect(await cached(it, one)).toBe(true);
  });

  it('thawed before anybody noticed: the eviction that timed out is made up for before it is served from', async () => {
    const it = row();
    await it.read(one);
    redis.freeze();
    const write = it.write(one);
    await until(() => one.health.cacheHealth().deferredEvictions > 0);
    redis.thaw();
    await write;
    expect((await it.read(one)).version).toBe(2);
    await healed(one, two);
    expect(one.health.cacheHealth().deferredEvictions).toBe(0);
    expect((await it.read(two)).version).toBe(2);
  });

  it('away at boot: boots at once, answers, and uses it when it comes', async () => {
    await redis.kill();
    const started = performance.now();
    const late = await instance();
    expect(performance.now() - started).toBeLessThan(500);
    const it = row();
    expect((await it.read(late)).version).toBe(1);
    expect(await it.write(late)).toMatchObject({ status: 'deferred' });
    expect((await it.read(late)).version).toBe(2);
    await redis.restart({ empty: true });
    await healed(late);
    expect(await cached(it, late)).toBe(true);
    await late.close();
  });

  it('remembers too many evictions as one of everything', async () => {
    const it = row();
    expect(await cached(it, two)).toBe(true);
    await redis.kill();
    const tags = Array.from({ length: 1_500 }, (_, number) => tag('many', number));
    await asTenant('one', () => one.cache.evict({ tags }));
    await it.write(one);
    expect(one.health.cacheHealth().deferredEvictions).toBeLessThanOrEqual(1_000);
    await redis.restart({ empty: false });
    await healed(one, two);
    expect((await it.read(two)).version).toBe(2);
  });

  it('caches in memory meanwhile when told to, starting empty at each switch', async () => {
    const single = await instance({ CACHE_FALLBACK: 'memory', CACHE_KEY_PREFIX: 'single' });
    await single.connected();
    const it = row();
    await it.read(single);
    await redis.kill();
    await until(() => !isUp(single));
    expect(await cached(it, single)).toBe(true);
    expect(it.loads()).toBe(2);
    await it.write(single);
    expect((await it.read(single)).version).toBe(2);

    await redis.restart({ empty: false });
    await healed(single);
    expect(single.health.cacheHealth().entries).toBe(0);
    expect((await it.read(single)).version).toBe(2);
    await single.close();
  });

  it('loads once for all who wait while it is away, yet never shares a load that began before a read', async () => {
    await redis.kill();
    await until(() => !isUp(one));
    let loads = 0;
    let version = 1;
    const held: (() => void)[] = [];
    const read = (): Promise<{ version: number }> =>
      asTenant('one', () =>
        one.cache.getOrLoad({ cache: 'risk', key: ['crowd'] }, async () => {
          loads++;
          const seen = version;
          await new Promise<void>((resolve) => held.push(resolve));
          return { version: seen };
        }),
      );
    const first = read();
    await until(() => loads === 1);
    version = 2;
    const crowd = Array.from({ length: 100 }, read);
    held[0]?.();
    expect(await first).toEqual({ version: 1 });
    await until(() => loads === 2);
    held[1]?.();
    expect(await Promise.all(crowd)).toEqual(Array(100).fill({ version: 2 }));
    expect(loads).toBe(2);
  });

  it.each(['alive', 'dead', 'frozen', 'frozen for long'])('shuts down quickly with Redis %s', async (state) => {
    if (state === 'dead') await redis.kill();
    if (state.startsWith('frozen')) redis.freeze();
    if (state === 'frozen for long') {
      await row().write(one);
      await until(() => !isUp(one));
    }
    const started = performance.now();
    await one.close();
    expect(performance.now() - started).toBeLessThan(1_000);
    one = await instance();
  });

  it('answers the ecosystem within the deadline too, and never flushes', async () => {
    await one.ecosystem.set('greeting', { hello: 'world' }, 60_000);
    expect(await two.ecosystem.get('greeting')).toEqual({ hello: 'world' });
    expect(await two.ecosystem.mget(['greeting', 'nothing'])).toEqual([{ hello: 'world' }, undefined]);
    await one.ecosystem.mdel(['greeting']);
    expect(await two.ecosystem.get('greeting')).toBeUndefined();
    const it = row();
    await it.read(one);
    await one.ecosystem.clear().catch(() => undefined);
    expect(await redis.command('DBSIZE')).toBeGreaterThan(0);

    redis.freeze();
    const started = performance.now();
    await one.ecosystem.get('greeting').catch(() => undefined);
    expect(performance.now() - started).toBeLessThan(BOUND_MS);
  });

  it('is served from again though writes never pause, and each takes longer than until the next one', async () => {
    const network = await TcpProxy.inFrontOf(redis.url);
    const three = await instance({ REDIS_URL: network.url, CACHE_DEADLINE_MS: '1000' });
    await three.connected();
    network.delayMs = 40;
    const rows = Array.from({ length: 5 }, row);
    const over = new AbortController();
    const stale: number[] = [];
    const writing = rows.map(async (written, index) => {
      for (let version = 2; !over.signal.aborted; version++) {
        await written.write(three);
        if ((await written.read(three)).version < version) stale.push(index);
        await pause(5);
      }
    });
    network.cut();
    await until(() => !isUp(three));
    await until(() => isUp(three), HEALING_MS);
    over.abort();
    await Promise.all(writing);
    expect(stale).toEqual([]);
    await three.close();
    await network.close();
  });
});
