import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Cell } from '../../src/cache/cache-key';
import { toCachedValue } from '../../src/cache/cached-value';
import { changeCountKey, changesKey } from '../../src/cache/stores/change-cells';
import { LEASE_MS, openLeasingStore, type LeasingStore } from '../support/open-leasing-store';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const TTL_MS = 60_000;
const SILENCE_MS = 600_000;

describeWithRedis('Values under a lease', () => {
  let redis: TestRedis;
  let commands: TcpProxy;
  let invalidations: TcpProxy;
  let reader: LeasingStore;
  let writer: LeasingStore;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(async () => {
    redis = await startRedis();
    commands = await TcpProxy.inFrontOf(redis.url);
    invalidations = await TcpProxy.inFrontOf(redis.url);
    [reader, writer] = await Promise.all([
      openLeasingStore(commands.url, invalidations.url),
      openLeasingStore(redis.url, redis.url),
    ]);
  });
  afterEach(async () => {
    redis.thaw();
    await Promise.all([reader.close(), writer.close()]);
    await Promise.all([commands.close(), invalidations.close()]);
    await redis.stop();
  });

  const row = () => {
    const entryKey = `e:${randomUUID()}`;
    const cell = `g:${randomUUID()}`;
    const cells: Cell[] = [{ name: cell, many: false }];
    const read = async () => (await reader.store.read(entryKey, cells, TTL_MS, 'lease')).entry?.value.json;
    return {
      cell,
      read,
      /** Stored, compared, and from now on served unasked. */
      lease: async () => {
        const { vector } = await reader.store.read(entryKey, cells, TTL_MS);
        if (vector === undefined) throw new Error('nothing may be stored');
        const value = toCachedValue('old', 'test');
        await reader.store.write(entryKey, vector, {
          tenantId: 'one',
          value,
          expiresAt: Date.now() + TTL_MS,
          loadMs: 1,
        });
        expect(await read()).toBe('old');
      },
    };
  };

  const mGets = async (): Promise<number> => {
    const stats = (await redis.command('INFO', 'commandstats')) as string;
    return Number(/cmdstat_mget:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };

  it('are served without asking Redis', async () => {
    const { lease, read } = row();
    await lease();
    const before = await mGets();
    for (let times = 0; times < 100; times++) expect(await read()).toBe('old');
    // On a busy machine a lease may end before the next answer of the feed is read.
    expect((await mGets()) - before).toBeLessThan(20);
  });

  it('are renewed for as long as nothing changes', async () => {
    const { lease, read } = row();
    await lease();
    await pause(2 * LEASE_MS);
    const before = await mGets();
    for (let times = 0; times < 20; times++) expect(await read()).toBe('old');
    expect((await mGets()) - before).toBeLessThan(10);
  });

  it.each(['evicted', 'marked'])('are gone within the lease when another instance has %s them', async (how) => {
    const { lease, read, cell } = row();
    await lease();
    if (how === 'evicted') await writer.store.evict([cell]);
    else await writer.store.mark('write', [cell], TTL_MS);
    await until(async () => (await read()) === undefined, LEASE_MS);
  });

  it('are gone at once when this instance evicts them', async () => {
    const { lease, read, cell } = row();
    await lease();
    invalidations.delayMs = SILENCE_MS;
    await reader.store.evict([cell]);
    expect(await read()).toBeUndefined();
  });

  it.each(['silent', 'cut off'])('are not served after the lease when the feed is %s', async (state) => {
    const { lease, read, cell } = row();
    await lease();
    if (state === 'silent') invalidations.delayMs = SILENCE_MS;
    else {
      invalidations.refusing = true;
      invalidations.cut();
    }
    await writer.store.evict([cell]);
    await pause(LEASE_MS + 10);
    expect(await read()).toBeUndefined();
  });

  it.each([
    ['trimmed', `redis.call('XTRIM', KEYS[3], 'MAXLEN', 0)`],
    ['deleted', `redis.call('DEL', KEYS[3])`],
    ['flushed', `redis.call('FLUSHALL')`],
  ])('are not served after the lease when the change was %s before it was heard of', async (_how, lose) => {
    const { lease, read, cell } = row();
    await lease();
    const script = `redis.call('SET', KEYS[1], 'new')
      redis.call('INCR', KEYS[2])
      redis.call('XADD', KEYS[3], '*', 'cells', '${cell}')
      ${lose}`;
    const prefix = `lease:${reader.runId()}:`;
    await redis.command('EVAL', script, '3', prefix + cell, changeCountKey(prefix), changesKey(prefix));
    await pause(LEASE_MS + 10);
    expect(await read()).toBeUndefined();
    await reader.hasLease();
    await lease();
  });

  it('begin with a comparison that no change has overtaken', async () => {
    const { lease, read, cell } = row();
    await lease();
    reader.feed.changed([cell]);
    // Found current by Redis, and while the answer is on its slow way back the next change is heard of.
    commands.delayMs = 100;
    const comparing = read();
    await pause(130);
    const heard = reader.feed.position;
    await writer.store.evict([cell]);
    await until(() => reader.feed.position > heard);
    expect(await comparing).toBe('old');
    commands.delayMs = 0;
    expect(await read()).toBeUndefined();
  });

  it('are not served by the word of a feed that follows another server', async () => {
    reader.store.begin('other');
    writer.store.begin('other');
    const { lease, read, cell } = row();
    await lease();
    await writer.store.evict([cell]);
    expect(await read()).toBeUndefined();
  });

  it('come back after Redis was restarted', async () => {
    const before = reader.feed.position;
    await redis.restart({ empty: false });
    await until(() => reader.feed.position > before);
    await reader.hasLease();
    const again = (): Promise<boolean> =>
      row()
        .lease()
        .then(
          () => true,
          () => false,
        );
    await until(again);
  });
});
