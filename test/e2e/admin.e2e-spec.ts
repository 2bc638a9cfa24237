import type { CacheStatsResponse } from '../../src/admin/cache-admin.dto';
import { addRisk } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { describeWithRedis, startRedis } from '../support/redis-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const cache = '/api/v1/admin/cache';
const evict = `${cache}/evict`;

describe('operating the cache and the pool', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  const statsOf = async (name: string, client = admin) => {
    const { caches } = (await client.get(cache)).body as CacheStatsResponse;
    return caches.find((each) => each.name === name);
  };
  const outcomeOf = async (path: string, client = admin): Promise<string | null> =>
    (await client.get(path)).headers.get('x-cache');
  const warm = async (...paths: string[]): Promise<void> => {
    for (const path of paths) await until(async () => (await outcomeOf(path)) === 'HIT');
  };

  it('counts the requests of each cache by outcome, and says what is configured', async () => {
    const before = await statsOf('dashboard');
    await admin.get('/api/v1/stats?period=month');
    await admin.get('/api/v1/stats?period=month');
    const after = await statsOf('dashboard');
    expect(after?.requests.miss).toBe((before?.requests.miss ?? 0) + 1);
    expect(after?.requests.hit).toBe((before?.requests.hit ?? 0) + 1);
    expect(after).toMatchObject({ ttlSeconds: 600, mode: 'validated' });
    const { hit, miss, bypass, degraded } = after?.requests ?? { hit: 0, miss: 0, bypass: 0, degraded: 0 };
    expect(after?.hitRate).toBeCloseTo(hit / (hit + miss + bypass + degraded));
    expect((await statsOf('app'))?.hitRate).toBeNull();
    const { body } = await admin.get(cache);
    expect(body).toMatchObject({ store: 'memory', tiers: ['memory'], breaker: 'closed', leaseAgeMs: null });
    expect(body.entries).toBeGreaterThan(0);
    expect(body.bytes).toBeGreaterThan(0);
  });

  it('tells the state of the pool', async () => {
    const { status, body } = await admin.get('/api/v1/admin/pool');
    expect(status).toBe(200);
    expect(body.open).toBeGreaterThan(0);
    expect(body.maxOpen).toBeGreaterThanOrEqual(body.open as number);
    expect(['healthy', 'warning', 'critical']).toContain(body.status);
  });

  it.each(['viewer', 'analyst', 'manager'] as const)('is nothing for a %s', async (role) => {
    const client = app.as(role);
    expectProblem(await client.get(cache), 403);
    expectProblem(await client.get('/api/v1/admin/pool'), 403);
    expectProblem(await client.post(evict, { tags: ['risk:all'] }), 403);
  });

  it('evicts what is named by tag, key, pattern or cache, and nothing else', async () => {
    const { id } = await addRisk(admin);
    const [one, list, matrix, stats] = [
      `/api/v1/risks/${id}`,
      '/api/v1/risks?limit=7',
      '/api/v1/risks/matrix',
      '/api/v1/stats?period=month',
    ];
    const cases: [body: object, evicted: string[], gone: string[]][] = [
      [{ keys: [`risk:id:${id}`] }, [`risk:id:${id}`], [one]],
      [{ tags: ['risk:all'] }, ['risk:all'], [list, matrix, stats]],
      [{ patterns: ['risk:list:*'] }, ['risk:list:*'], [list]],
      [{ caches: ['dashboard'] }, ['dashboard:*'], [stats]],
    ];
    for (const [body, evicted, gone] of cases) {
      await warm(one, list, matrix, stats);
      const answer = await admin.post(evict, body);
      expect([answer.status, answer.body]).toEqual([200, { status: 'ok', evicted }]);
      for (const path of [one, list, matrix, stats]) {
        expect([body, path, await outcomeOf(path)]).toEqual([body, path, gone.includes(path) ? 'MISS' : 'HIT']);
      }
    }
  });

  it('evicts within the tenant of the caller only', async () => {
    const list = '/api/v1/risks?limit=9';
    await warm(list);
    const elsewhere = app.as('admin', app.globex);
    await elsewhere.post(evict, { tags: ['risk', 'risk:all'], patterns: ['risk:*'], caches: ['risk', 'rbac'] });
    expect(await outcomeOf(list)).toBe('HIT');
  });

  it('writes down who evicted what', async () => {
    await admin.post(evict, { patterns: ['risk:search:*'] });
    const { body } = await admin.get('/api/v1/audit-logs?limit=1');
    expect(body.items).toMatchObject([
      {
        action: 'cache.evict',
        actor: { id: app.acme.userIds.admin },
        details: { status: 'ok', evicted: ['risk:search:*'] },
      },
    ]);
  });

  it.each<[string, object, string[]]>([
    ['a pattern without an end', { patterns: ['risk:list'] }, ['/patterns/0']],
    ['a pattern of no cache', { patterns: ['risk:*', 'rsik:*'] }, ['/patterns/1']],
    ['a pattern of what tenants share', { patterns: ['marketplace:connector:*'] }, ['/patterns/0']],
    ['a tag that cannot be one', { tags: ['risk all', 'risk:*', 'risk::all'] }, ['/tags/0', '/tags/1', '/tags/2']],
    ['a shared cache', { caches: ['connector'] }, ['/caches']],
    ['nothing', {}, []],
    ['nothing in lists', { tags: [], keys: [] }, []],
  ])('refuses %s', async (_what, body, pointers) => {
    const answer = await admin.post(evict, body);
    expectProblem(answer, 422);
    const errors = (answer.body.errors ?? []) as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describeWithRedis('operating the cache without Redis', () => {
  it('says that it is away, and that an eviction is deferred', async () => {
    const redis = await startRedis();
    const app = await createTestApp({ env: { REDIS_URL: redis.url } });
    const admin = app.as('admin');
    try {
      await until(async () => (await admin.get(cache)).body.breaker === 'closed');
      expect((await admin.get(cache)).body).toMatchObject({ store: 'redis', tiers: ['memory', 'redis'] });
      await redis.kill();
      await until(async () => (await admin.get(cache)).body.breaker === 'open');
      expect((await admin.post(evict, { tags: ['risk:all'] })).body).toEqual({
        status: 'deferred',
        evicted: ['risk:all'],
      });
      expect((await admin.get(cache)).body.deferredEvictions).toBeGreaterThan(0);
    } finally {
      await app.close();
      await redis.stop();
    }
  });
});
