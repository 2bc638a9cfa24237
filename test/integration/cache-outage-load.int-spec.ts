import { setTimeout as pause } from 'node:timers/promises';
import { tag } from '../../src/cache/tag';
import { heapBytes } from '../support/heap';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const DEADLINE_MS = 100;
const LOAD_MS = 2;
/** What a busy machine adds to the deadline and the load. */
const MACHINE_MS = 80;
const ATTEMPTS = 3;
const HEALING_MS = 5_000;
const SILENCE_MS = 600_000;
const READERS = 16;
const ROWS = 40;

type Act = (redis: TestRedis, network: TcpProxy) => Promise<unknown>;

interface Failure {
  readonly name: string;
  readonly begin: Act;
  readonly end: Act;
}

const nothing: Act = () => Promise.resolve();
const configure =
  (name: string, value: string): Act =>
  (redis) =>
    redis.command('CONFIG', 'SET', name, value);
const delay =
  (delayMs: number): Act =>
  (_redis, network) => {
    // Bytes must not overtake each other.
    if (delayMs === 0) network.cut();
    network.delayMs = delayMs;
    return Promise.resolve();
  };

const failures: Failure[] = [
  { name: 'in a black hole', begin: delay(SILENCE_MS), end: delay(0) },
  { name: 'slower than the deadline', begin: delay(DEADLINE_MS + 20), end: delay(0) },
  {
    name: 'a replica that takes no writes',
    begin: (redis) => redis.command('REPLICAOF', '127.0.0.1', '1'),
    end: (redis) => redis.command('REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'without enough replicas to take writes',
    begin: configure('min-replicas-to-write', '1'),
    end: configure('min-replicas-to-write', '0'),
  },
  { name: 'full', begin: configure('maxmemory', '1'), end: configure('maxmemory', '0') },
  {
    name: 'frozen',
    begin: (redis) => {
      redis.freeze();
      return Promise.resolve();
    },
    end: (redis) => {
      redis.thaw();
      return Promise.resolve();
    },
  },
  { name: 'flushed', begin: (redis) => redis.command('FLUSHALL'), end: nothing },
  {
    name: 'back with old data',
    begin: async (redis) => {
      redis.backUp();
      await pause(200);
      await redis.restartFromBackup();
    },
    end: nothing,
  },
  { name: 'gone', begin: (redis) => redis.kill(), end: (redis) => redis.restart({ empty: true }) },
];

describeWithRedis('The cache under load, while Redis is', () => {
  let redis: TestRedis;
  let network: TcpProxy;
  let opened: OpenCache;

  beforeEach(async () => {
    redis = await startRedis();
    network = await TcpProxy.inFrontOf(redis.url);
    opened = await openCache({ REDIS_URL: network.url, CACHE_DEADLINE_MS: String(DEADLINE_MS) });
    await opened.connected();
  });
  afterEach(async () => {
    redis.thaw();
    await opened.close();
    await network.close();
    await redis.stop();
  });

  const isUp = (): boolean => opened.health.cacheHealth().breaker === 'closed';

  /** Rows that are read and written through the cache; none of the reads may be behind a write that has returned. */
  const table = () => {
    const stored = Array<number>(ROWS).fill(1);
    const acknowledged = [...stored];
    const wrong: string[] = [];
    const tookMs: number[] = [];
    let loads = 0;
    const read = async (row: number): Promise<void> => {
      const least = acknowledged[row] ?? 0;
      const started = performance.now();
      const load = async () => {
        loads++;
        const version = stored[row];
        await pause(LOAD_MS);
        return { version, text: 'x'.repeat(500) };
      };
      const { version = 0 } = await asTenant('one', () =>
        opened.cache.getOrLoad({ cache: 'risk', key: ['id', row] }, load, { tags: [tag('row', row)] }),
      );
      tookMs.push(performance.now() - started);
      if (version < least) wrong.push(`version ${version} of ${row} after ${least}`);
    };
    const write = async (row: number): Promise<void> => {
      const version = (stored[row] ?? 0) + 1;
      stored[row] = version;
      await asTenant('one', () => opened.cache.evict({ tags: [tag('row', row)] }));
      acknowledged[row] = version;
    };
    /** Several readers at a time, and a writer beside them. */
    const work = async (reads: number): Promise<void> => {
      let left = reads;
      const reader = async (): Promise<void> => {
        while (left-- > 0) await read(Math.floor(Math.random() * ROWS));
      };
      const writer = async (): Promise<void> => {
        while (left > 0) {
          await write(Math.floor(Math.random() * ROWS));
          await pause(20);
        }
      };
      await Promise.all([...Array.from({ length: READERS }, reader), writer()]);
    };
    return { work, read, wrong, tookMs, loads: () => loads };
  };

  const p99 = (durations: readonly number[]): number =>
    [...durations].sort((one, other) => one - other)[Math.floor(durations.length * 0.99)] ?? 0;

  it.each(failures)('$name: right answers, in time, and cached again within five seconds', async ({ begin, end }) => {
    const rows = table();
    const slowest: number[] = [];
    const inTime = DEADLINE_MS + LOAD_MS + MACHINE_MS;
    // A machine that stood still meanwhile proves nothing: again then.
    while (slowest.length < ATTEMPTS && !slowest.some((took) => took < inTime)) {
      await rows.work(300);
      rows.tookMs.length = 0;
      const failing = begin(redis, network);
      await rows.work(1_000);
      await failing;
      await rows.work(500);
      slowest.push(p99(rows.tookMs));

      await end(redis, network);
      await until(isUp, HEALING_MS);
      await rows.work(300);
    }
    expect(Math.min(...slowest)).toBeLessThan(inTime);
    expect(rows.wrong).toEqual([]);
    await until(async () => {
      const before = rows.loads();
      await rows.read(1);
      await rows.read(1);
      return isUp() && rows.loads() === before;
    }, HEALING_MS);
  });

  it.each(failures.filter(({ name }) => ['in a black hole', 'full', 'gone'].includes(name)))(
    '$name: takes no more memory the longer it lasts',
    async ({ begin, end }) => {
      const rows = table();
      await rows.work(500);
      await begin(redis, network);
      await rows.work(2_000);
      rows.tookMs.length = 0;
      const before = heapBytes();
      await rows.work(4_000);
      rows.tookMs.length = 0;
      expect(heapBytes() - before).toBeLessThan(3_000_000);
      await end(redis, network);
    },
  );
});
