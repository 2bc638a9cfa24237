import { toCachedValue } from '../../src/cache/cached-value';
import type { StoreRead } from '../../src/cache/store';
import { LEASE_MS, openLeasingStore, type LeasingStore } from '../support/open-leasing-store';
import { startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const TTL_MS = 60_000;
/** A feed that gives its connection up starts anew, and shows nothing. */
const PATIENCE_MS = 20_000;
const CELLS = [{ name: 'g:leased', many: false }];

/** One key: a reader whose commands and news can be held back, and a writer elsewhere. */
interface Stage {
  readonly redis: TestRedis;
  readonly reader: LeasingStore;
  readonly answers: TcpProxy;
  readonly news: TcpProxy;
  readonly read: () => Promise<StoreRead>;
  /** Makes version 1 old. */
  readonly write: () => Promise<unknown>;
}

/**
 * Redis finds a value current; its answer is held back until the reader has heard of the next change. The value must not
 * be leased from then on, though the answer comes later than the news.
 */
export function versionsAfterOvertaking(): Promise<Versions> {
  return onStage(async ({ redis, reader, answers, read, write }) => {
    const [asked, heard] = [await mGets(redis), reader.feed.position];
    const goOn = stallAnswers(answers, redis);
    const overtaken = read();
    await until(async () => (await mGets(redis)) > asked);
    await write();
    await until(() => reader.feed.position > heard);
    goOn();
    await overtaken;
    return lowest(read, () => reader.hasLease());
  });
}

/** A value is leased, then the reader hears of nothing any more while it changes: it ends with the lease. */
export function versionsAfterSilence(): Promise<Versions> {
  return onStage(async ({ redis, reader, news, read, write }) => {
    await read();
    const goOn = stallAnswers(news, redis);
    await write();
    await until(() => reader.feed.leaseAgeMs > LEASE_MS);
    const version = await lowest(read, () => Promise.resolve());
    goOn();
    return version;
  });
}

export interface Versions {
  readonly written: number;
  readonly read: number;
}

async function onStage(act: (stage: Stage) => Promise<number>): Promise<Versions> {
  const redis = await startRedis();
  const [answers, news] = [await TcpProxy.inFrontOf(redis.url), await TcpProxy.inFrontOf(redis.url)];
  const reader = await openLeasingStore(answers.url, news.url, PATIENCE_MS);
  const writer = await openLeasingStore(redis.url, redis.url);
  try {
    const read = (): Promise<StoreRead> => reader.store.read('e:leased', CELLS, TTL_MS, 'lease');
    const { vector } = await read();
    if (vector === undefined) throw new Error('Nothing may be stored');
    const entry = { tenantId: 'one', value: toCachedValue(1, 'test'), expiresAt: Date.now() + TTL_MS, loadMs: 1 };
    await reader.store.write('e:leased', vector, entry);
    const write = (): Promise<unknown> => writer.store.evict(CELLS.map(({ name }) => name));
    return { written: 2, read: await act({ redis, reader, answers, news, read, write }) };
  } finally {
    await Promise.all([reader.close(), writer.close()]);
    await Promise.all([answers.close(), news.close()]);
    await redis.stop();
  }
}

function stallAnswers(proxy: TcpProxy, { port }: TestRedis): () => void {
  return proxy.stall((sockets) => {
    const [server] = sockets.filter(({ remotePort }) => remotePort === port);
    if (!server) throw new Error('The reader is not connected');
    return server;
  });
}

/** Of several reads: on a busy machine a lease may end before it is made use of. Nothing is 2: it would be loaded. */
async function lowest(read: () => Promise<StoreRead>, before: () => Promise<void>): Promise<number> {
  let version = 2;
  for (let times = 0; times < 20; times++) {
    await before();
    version = Math.min(version, Number((await read()).entry?.value.json ?? 2));
  }
  return version;
}

async function mGets(redis: TestRedis): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  return Number(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
