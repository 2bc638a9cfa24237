import { setTimeout as pause } from 'node:timers/promises';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const risks = '/api/v1/risks';

/** Two instances of the application on one Postgres and one Redis. */
describeWithRedis('Redis behind two running applications', () => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, CACHE_KEY_PREFIX: 'outage' };
    one = await createTestApp({ env });
    two = await createTestApp({ env, sharing: one });
    await until(async () => (await cacheStatus(one)) === 'ok' && (await cacheStatus(two)) === 'ok');
  });
  afterAll(async () => {
    await two.close();
    await one.close();
    await redis.stop();
  });

  const cacheStatus = async (test: TestApp): Promise<string> =>
    (await test.anonymous().get('/health/ready')).body.cache.status as string;

  const create = async (title: string): Promise<string> => {
    const answer = await one.as('analyst').post(risks, { title, probability: 2, impact: 3 });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };

  const rename = async (test: TestApp, id: string, title: string): Promise<void> => {
    const answer = await test.as('analyst').patch(`${risks}/${id}`, { title }, { 'if-match': '*' });
    expect(answer.status).toBe(200);
  };

  const titleAt = async (test: TestApp, id: string): Promise<string> =>
    (await test.as('viewer').get(`${risks}/${id}`)).body.title as string;

  it('answers the second read of the other instance from Redis, with the same bytes and ETag', async () => {
    const id = await create('shared');
    const first = await one.as('viewer').get(`${risks}/${id}`);
    await until(async () => (await two.as('viewer').get(`${risks}/${id}`)).headers.get('x-cache') === 'HIT');
    const second = await two.as('viewer').get(`${risks}/${id}`);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  });

  it('never serves at one instance what the other one has replaced', async () => {
    const id = await create('version 0');
    for (let version = 1; version <= 30; version++) {
      const [writer, reader] = version % 2 ? [one, two] : [two, one];
      await rename(writer, id, `version ${version}`);
      expect(await titleAt(reader, id)).toBe(`version ${version}`);
      const found = await reader.as('viewer').get(`${risks}?q=version&limit=200`);
      expect(found.body.items.map(({ title }: { title: string }) => title)).toContain(`version ${version}`);
    }
  });

  it('fails no request while Redis is killed under load, and serves nothing stale when it is back with its old data', async () => {
    const id = await create('before the outage');
    expect(await titleAt(two, id)).toBe('before the outage');

    const failures: string[] = [];
    let requests = 0;
    let running = true;
    const load = Array.from({ length: 8 }, async (_, worker) => {
      const client = (worker % 2 ? one : two).as('viewer');
      while (running) {
        const answer = await client.get(worker % 3 ? `${risks}?limit=5` : `${risks}/${id}`);
        requests++;
        if (answer.status !== 200) failures.push(`${answer.status} ${answer.text}`);
      }
    });

    await pause(200);
    await redis.kill();
    await until(async () => (await cacheStatus(one)) === 'degraded');
    await rename(one, id, 'changed without Redis');
    expect(await titleAt(one, id)).toBe('changed without Redis');
    expect(await titleAt(two, id)).toBe('changed without Redis');

    await redis.restart({ empty: false });
    await until(async () => (await cacheStatus(one)) === 'ok' && (await cacheStatus(two)) === 'ok');
    expect(await titleAt(one, id)).toBe('changed without Redis');
    expect(await titleAt(two, id)).toBe('changed without Redis');
    await rename(two, id, 'changed with Redis');
    expect(await titleAt(one, id)).toBe('changed with Redis');
    running = false;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(50);
  });

  it('boots without Redis, serves, and uses it once it is there', async () => {
    await redis.kill();
    const late = await createTestApp({ env: { REDIS_URL: redis.url, CACHE_KEY_PREFIX: 'outage' }, sharing: one });
    const answer = await late.as('viewer').get(risks);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-cache')).toBe('BYPASS');
    await redis.restart({ empty: true });
    await until(async () => (await late.as('viewer').get(risks)).headers.get('x-cache') === 'HIT');
    await late.close();
  });
});
