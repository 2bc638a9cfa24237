import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { register } from 'prom-client';
import type { ReadOptions } from '../../src/cache/cache';
import { addressOf } from '../../src/cache/cache-key';
import type { CacheName } from '../../src/cache/cache-names';
import { toCachedValue } from '../../src/cache/cached-value';
import { sharedTag, tag } from '../../src/cache/tag';
import { runInContext, type RequestContext } from '../../src/context/request-context';
import { cacheOutcomeOf } from '../../src/http/cache-status';
import { rememberedRepresentation } from '../../src/http/representation';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { sharedRedisUrl } from '../support/redis-server';
import { until } from '../support/until';

const stores: [string, Record<string, string>][] = [['memory', { CACHE_STORE: 'memory' }]];
if (sharedRedisUrl === undefined) process.stdout.write('skipped, there is no Redis: Cache over redis\n');
else stores.push(['redis', { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: 'engine', CACHE_DEADLINE_MS: '5000' }]);

describe.each(stores)('Cache over %s', (kind, settings) => {
  let opened: OpenCache;

  beforeAll(async () => {
    opened = await openCache(settings);
    await opened.connected();
  });
  afterAll(() => opened.close());

  /** A question nobody has asked before. */
  const question = (cache: CacheName = 'risk') => {
    const key = ['id', randomUUID()];
    let loads = 0;
    const read = <T>(load: (count: number) => T | Promise<T>, options?: ReadOptions): Promise<T> =>
      opened.cache.getOrLoad({ cache, key }, async () => load(++loads), options);
    return { key, read, loads: () => loads };
  };

  const samples = async (name: string, labels: Record<string, string>): Promise<number> => {
    const metric = await register.getSingleMetric(name)?.get();
    const matching = metric?.values.filter(({ labels: has }) => Object.entries(labels).every(([k, v]) => has[k] === v));
    return (matching ?? []).reduce((sum, { value }) => sum + value, 0);
  };

  it('loads once for 500 who ask the same at once', async () => {
    const { read, loads } = question();
    const slowly = async (count: number) => {
      await pause(20);
      return { count };
    };
    const answers = await asTenant('one', () => Promise.all(Array.from({ length: 500 }, () => read(slowly))));
    expect(loads()).toBe(1);
    expect(new Set(answers).size).toBe(1);
  });

  it('never gives one tenant what another has loaded, nor evicts it', async () => {
    const { read } = question();
    expect(await asTenant('one', () => read(() => 'of one'))).toBe('of one');
    expect(await asTenant('two', () => read(() => 'of two'))).toBe('of two');
    await asTenant('two', () => opened.cache.evict({ pattern: 'risk:*' }));
    expect(await asTenant('one', () => read(() => 'again'))).toBe('of one');
    expect(await asTenant('two', () => read(() => 'again'))).toBe('again');
  });

  it('refuses to be asked for a tenant that is not known', async () => {
    await expect(question().read(() => 1)).rejects.toThrow('outside of an authenticated request');
    await expect(opened.cache.evict({ tags: [tag('risk')] })).rejects.toThrow('outside of an authenticated request');
  });

  it('shares what belongs to no tenant, and keeps apart what is for one user', async () => {
    const shared = question('connector');
    await asTenant('one', () => shared.read(() => 'for all'));
    expect(await asTenant('two', () => shared.read(() => 'again'))).toBe('for all');
    expect(await shared.read(() => 'without anybody')).toBe('for all');
    await opened.cache.evict({ tags: [sharedTag('marketplace', 'connector')] });
    expect(await shared.read(() => 'evicted')).toBe('evicted');

    const { read } = question();
    const mine = { visibility: 'user' } as const;
    await asTenant('one', () => read(() => 'mine', mine), 'me');
    expect(await asTenant('one', () => read(() => 'yours', mine), 'you')).toBe('yours');
    expect(await asTenant('one', () => read(() => 'ours'))).toBe('ours');
    expect(await asTenant('one', () => read(() => 'again', mine), 'me')).toBe('mine');
  });

  it('drops and counts an entry that carries another tenant', async () => {
    const { key, read } = question();
    const { entryKey, cells } = addressOf({ cache: 'risk', key }, [], { tenantId: 'one', userId: undefined });
    const { vector } = await opened.store.read(entryKey, cells, 60_000);
    if (vector === undefined) throw new Error('nothing may be stored');
    const foreign = {
      tenantId: 'two',
      value: toCachedValue('of two', 'test'),
      expiresAt: Date.now() + 60_000,
      loadMs: 1,
    };
    await opened.store.write(entryKey, vector, foreign);

    const before = await samples('openrisk_cache_foreign_entries_total', { cache: 'risk' });
    const violations = await samples('openrisk_tenant_isolation_violations_total', { layer: 'cache' });
    expect(await asTenant('one', () => read(() => 'of one'))).toBe('of one');
    expect(await samples('openrisk_cache_foreign_entries_total', { cache: 'risk' })).toBe(before + 1);
    expect(await samples('openrisk_tenant_isolation_violations_total', { layer: 'cache' })).toBe(violations + 1);
  });

  it.each([
    ['a tag', { tags: [tag('anything', 1)] }],
    ['a leading part of the key', { pattern: 'risk:id:*' }],
    ['the cache', { tags: [tag('risk')] }],
  ])('evicts by %s', async (_what, targets) => {
    const { read } = question();
    await asTenant('one', () => read((count) => count, { tags: [tag('anything', 1)] }));
    expect(await asTenant('one', () => opened.cache.evict(targets))).toEqual({ status: 'ok' });
    expect(await asTenant('one', () => read((count) => count))).toBe(2);
  });

  it('evicts one key and no other', async () => {
    const [gone, kept] = [question(), question()];
    const readBoth = () =>
      asTenant('one', async () => [await gone.read((count) => count), await kept.read((count) => count)]);
    await readBoth();
    await asTenant('one', () => opened.cache.evict({ keys: [{ cache: 'risk', key: gone.key }] }));
    expect(await readBoth()).toEqual([2, 1]);
  });

  it('takes null for an answer, refuses undefined, lets exceptions through as they are and stores neither', async () => {
    const nothing = question();
    expect(await asTenant('one', () => nothing.read(() => null))).toBeNull();
    expect(await asTenant('one', () => nothing.read(() => null))).toBeNull();
    expect(nothing.loads()).toBe(1);

    const failing = question();
    const failure = new RangeError('no such row');
    const fail = (): never => {
      throw failure;
    };
    await expect(asTenant('one', () => failing.read(fail))).rejects.toBe(failure);
    await expect(asTenant('one', () => failing.read(() => undefined))).rejects.toThrow('gave undefined');
    expect(await asTenant('one', () => failing.read(() => 'found'))).toBe('found');
  });

  it('tells the answering request what came of it, with the same bytes every time', async () => {
    const { read } = question();
    const ask = async () => {
      const context: RequestContext = { requestId: 'test', actor: { userId: 'someone', tenantId: 'one' } };
      const answer = await runInContext(context, () => read(() => ({ at: new Date(0), version: 7 })));
      return { answer, outcome: cacheOutcomeOf(context, answer), sent: rememberedRepresentation(answer) };
    };
    const miss = await ask();
    const hit = await ask();
    expect(miss.outcome?.status).toBe('miss');
    expect(hit.outcome?.status).toBe('hit');
    expect(hit.outcome?.ttlSeconds).toBeGreaterThanOrEqual(269);
    expect(hit.outcome?.ttlSeconds).toBeLessThanOrEqual(330);
    expect(hit.answer).toEqual({ at: '1970-01-01T00:00:00.000Z', version: 7 });
    expect(miss.answer).toEqual(hit.answer);
    expect(hit.sent).toEqual(miss.sent);
    expect(hit.sent?.etag).toMatch(/^"v7-/);
  });

  it('expires', async () => {
    const { read } = question();
    const briefly = { ttlSeconds: 0.05 };
    expect(await asTenant('one', () => read((count) => count, briefly))).toBe(1);
    await pause(80);
    expect(await asTenant('one', () => read((count) => count, briefly))).toBe(2);
  });

  it.each([
    ['by its cache', { CACHE_LEASED: 'risk' }, {}],
    ['by the read', {}, { mode: 'lease' }],
  ] as const)('answers from this process alone under a lease, chosen %s', async (_by, more, options) => {
    const leasing = await openCache({ ...settings, ...more });
    await leasing.connected();
    const key = ['id', randomUUID()];
    const ask = () => leasing.cache.getOrLoad({ cache: 'risk', key }, () => Promise.resolve(1), options);
    await asTenant('one', ask);
    await asTenant('one', ask);
    await until(() => kind === 'memory' || (leasing.health.cacheHealth().leaseAgeMs ?? Infinity) < 300);
    const asked = jest.spyOn(leasing.store, 'read');
    await asTenant('one', ask);
    expect(await asked.mock.results[0]?.value).toMatchObject({ tier: 'memory', entry: { value: { json: 1 } } });
    expect(await samples('openrisk_cache_lease_age_seconds', {})).toBeLessThan(0.3);
    await leasing.close();
  });

  it('loads early what is about to end, while everybody is still answered, once', async () => {
    const { read, loads } = question();
    const slowly = async (count: number) => {
      await pause(20);
      return count;
    };
    // The draw that is due 9 load times before the end; it makes lives 10 % longer, too.
    jest.spyOn(Math, 'random').mockReturnValue(0.9999);
    try {
      const ask = () => asTenant('one', () => read(slowly, { ttlSeconds: 0.15 }));
      await ask();
      expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array(20).fill(1));
      await until(() => loads() >= 2);
      await until(async () => (await ask()) >= 2);
      expect(loads()).toBeLessThanOrEqual(3);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('keeps what an early load that fails has left', async () => {
    const { read, loads } = question();
    const once = async (count: number) => {
      await pause(20);
      if (count > 1) throw new RangeError('the database is away');
      return count;
    };
    jest.spyOn(Math, 'random').mockReturnValue(0.9999);
    try {
      const ask = () => asTenant('one', () => read(once, { ttlSeconds: 0.15 }));
      await ask();
      expect(await ask()).toBe(1);
      await until(() => loads() === 2);
      expect(await ask()).toBe(1);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('runs no more loads of one cache at once than it may', async () => {
    const few = await openCache({ ...settings, CACHE_MAX_LOADS: '2' });
    await few.connected();
    let running = 0;
    let most = 0;
    const load = async () => {
      most = Math.max(most, ++running);
      await pause(2);
      return running--;
    };
    const ask = () => few.cache.getOrLoad({ cache: 'risk', key: [randomUUID()] }, load);
    await asTenant('one', () => Promise.all(Array.from({ length: 20 }, ask)));
    expect(most).toBe(2);
    await few.close();
  });

  it('counts hits, misses, joins and evictions from zero', async () => {
    const { read } = question('app');
    const requests = (outcome: string) => samples('openrisk_cache_requests_total', { cache: 'app', outcome });
    const before = { hit: await requests('hit'), miss: await requests('miss') };
    const metric = await register.getSingleMetric('openrisk_cache_requests_total')?.get();
    expect(metric?.values).toContainEqual({ labels: { cache: 'rbac', tier: 'memory', outcome: 'hit' }, value: 0 });
    await asTenant('one', () => read(() => 1));
    await asTenant('one', () => read(() => 1));
    expect({ hit: await requests('hit'), miss: await requests('miss') }).toEqual({
      hit: before.hit + 1,
      miss: before.miss + 1,
    });
    expect(await samples('openrisk_cache_breaker_state', {})).toBe(0);
    expect(await samples('openrisk_cache_entries', {})).toBeGreaterThan(0);
    expect(opened.health.cacheHealth()).toMatchObject({ kind, breaker: 'closed', deferredEvictions: 0 });
  });
});

describe.each<Record<string, string>>([
  { CACHE_ENABLED: 'false', REDIS_URL: 'redis://127.0.0.1:1' },
  { CACHE_STORE: 'none' },
])('Cache switched off by %j', (settings) => {
  it('lets every read through, as plain JSON all the same', async () => {
    const opened = await openCache(settings);
    const { cache, health, ecosystem } = opened;
    const context: RequestContext = { requestId: 'test', actor: { userId: 'someone', tenantId: 'one' } };
    let loads = 0;
    const read = () =>
      runInContext(context, () =>
        cache.getOrLoad({ cache: 'risk', key: ['x'] }, () => Promise.resolve({ at: new Date(0), load: ++loads })),
      );
    await read();
    const answer = await read();
    expect(answer).toEqual({ at: '1970-01-01T00:00:00.000Z', load: 2 });
    expect(cacheOutcomeOf(context, answer)).toEqual({ status: 'bypass' });
    // An instance whose cache is off still tells those whose cache is on, or says that it could not.
    const status = settings['REDIS_URL'] === undefined ? 'ok' : 'deferred';
    expect(await asTenant('one', () => cache.evict({ pattern: 'risk:*' }))).toEqual({ status });
    expect(health.cacheHealth().kind).toBe('none');
    await ecosystem.set('key', 1);
    expect(await ecosystem.get('key')).toBeUndefined();
    await opened.close();
  });
});
