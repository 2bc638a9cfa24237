import { toCachedValue } from '../../src/cache/cached-value';
import type { StoreRead } from '../../src/cache/store';
import { openLeasingStore, type LeasingStore } from '../support/open-leasing-store';
import { startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const TTL_MS = 60_000;
const CELLS = [{ name: 'g:overtaken', single: false }];

/**
 * Redis finds a value current; its answer is held back until the reader has heard of the next change. The value must not
 * be leased from then on, though the answer comes later than the news.
 */
export async function versionsAfterOvertaking(): Promise<{ written: number; read: number }> {
  const redis = await startRedis();
  const answers = await TcpProxy.inFrontOf(redis.url);
  const reader = await openLeasingStore(answers.url, redis.url);
  const writer = await openLeasingStore(redis.url, redis.url);
  try {
    const read = (): Promise<StoreRead> => reader.store.read('e:overtaken', CELLS, TTL_MS, 'lease');
    const { vector } = await read();
    if (vector === undefined) throw new Error('Nothing may be stored');
    const entry = { tenantId: 'one', value: toCachedValue(1, 'test'), expiresAt: Date.now() + TTL_MS, loadMs: 1 };
    await reader.store.write('e:overtaken', vector, entry);

    const [asked, heard] = [await mGets(redis), reader.feed.position];
    const answer = answers.stall((sockets) => {
      const [server] = sockets.filter(({ remotePort }) => remotePort === redis.port);
      if (!server) throw new Error('The reader is not connected');
      return server;
    });
    const overtaken = read();
    await until(async () => (await mGets(redis)) > asked);
    await writer.store.evict(['g:overtaken']);
    await until(() => reader.feed.position > heard);
    answer();
    await overtaken;
    return { written: 2, read: await lowest(reader, read) };
  } finally {
    await Promise.all([reader.close(), writer.close()]);
    await answers.close();
    await redis.stop();
  }
}

/** Of several reads: on a busy machine a lease may end before it is made use of. Nothing is 2: it would be loaded. */
async function lowest(reader: LeasingStore, read: () => Promise<StoreRead>): Promise<number> {
  let version = 2;
  for (let times = 0; times < 20; times++) {
    await reader.hasLease();
    version = Math.min(version, Number((await read()).entry?.value.json ?? 2));
  }
  return version;
}

async function mGets(redis: TestRedis): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  return Number(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
