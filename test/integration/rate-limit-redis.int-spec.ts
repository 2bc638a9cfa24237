import { setTimeout as pause } from 'node:timers/promises';
import { SharedRedis } from '../../src/cache/shared-redis';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { parseStructuredList } from '../support/structured-list';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const risks = '/api/v1/risks';
const login = '/api/v1/auth/login';
const userQuota = 400;

describeWithRedis('rate limits of two instances', () => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    const env = {
      REDIS_URL: redis.url,
      CACHE_KEY_PREFIX: 'limits',
      HTTP_TRUST_PROXY: '127.0.0.1',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '30',
      RATE_LIMIT_USER_PER_MINUTE: String(userQuota),
      LOGIN_FAILURES_PER_ACCOUNT: '10',
    };
    one = await createTestApp({ env });
    two = await createTestApp({ env, sharing: one });
    await connected();
  });
  afterAll(async () => {
    redis.thaw();
    await two.close();
    await one.close();
    await redis.stop();
  });

  const connected = (): Promise<void> =>
    until(() => [one, two].every(({ app }) => app.get(SharedRedis, { strict: false }).isConnected));
  let lastAddress = 0;
  const newAddress = (): string => `10.${++lastAddress >> 8}.${lastAddress & 255}.1`;
  const ask = (test: TestApp, address: string): Promise<ApiAnswer> =>
    new ApiClient(test.url).get(risks, { 'x-forwarded-for': address });
  const failLogin = (test: TestApp, email: string, address: string): Promise<ApiAnswer> =>
    new ApiClient(test.url).post(login, { email, password: 'wrong' }, { 'x-forwarded-for': address });
  const left = (answer: ApiAnswer, name: string): number | undefined =>
    parseStructuredList(answer.headers.get('ratelimit')).find(({ value }) => value === name)?.parameters['r'];
  const alternate = (time: number): TestApp => (time % 2 ? one : two);

  /** Each question counts as well: only what the other instance has counted can bring the sum below its own quota. */
  const untilShared = async (address: string): Promise<void> => {
    let asked = 0;
    await until(async () => {
      const answer = await ask(two, address);
      asked++;
      await pause(50);
      return (left(answer, 'address') ?? 30) + asked < 25;
    });
  };

  it('are one limit: what one instance has let through counts at the other', async () => {
    const address = newAddress();
    for (let time = 0; time < 20; time++) await ask(one, address);
    await untilShared(address);
    for (let time = 0; time < 10; time++) await ask(alternate(time), address);
    await until(async () => (await ask(one, address)).status === 429 && (await ask(two, address)).status === 429);
  });

  it('say in Retry-After when both let pass again', async () => {
    const address = newAddress();
    for (let time = 0; time < 31; time++) await ask(one, address);
    await until(async () => (await redis.command('EXISTS', `limits:limit:address:${address}`)) === 1);
    // A window that is nearly over, as Redis tells it to an instance that does not know the address yet.
    await redis.command('PEXPIRE', `limits:limit:address:${address}`, '900');
    await ask(two, address);
    await until(async () => (await ask(two, address)).status === 429);
    const refused = await ask(two, address);
    expect(refused.headers.get('retry-after')).toBe('1');
    await pause(1000);
    expect((await ask(two, address)).status).toBe(401);
  });

  it('are exact for failed logins, at both instances and all at once', async () => {
    const attempts = Array.from({ length: 40 }, (_, time) =>
      failLogin(alternate(time), 'manager@acme.test', newAddress()),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  });

  it('keep no e-mail in Redis, and nothing for ever', async () => {
    await failLogin(one, 'admin@globex.test', newAddress());
    const keys = (await redis.command('KEYS', 'limits:limit:*')) as string[];
    expect(keys.filter((key) => key.includes('login-account:'))).not.toHaveLength(0);
    expect(keys.join()).not.toMatch(/globex|@/);
    for (const key of keys) expect(await redis.command('PTTL', key)).toBeGreaterThan(0);
  });

  /** @returns the longest that an answer took; every request goes to one of two users, at both instances */
  async function underLoad(during: () => Promise<void>): Promise<{ worstMs: number; statuses: Map<number, number> }> {
    const statuses = new Map<number, number>();
    let worstMs = 0;
    let running = true;
    const load = Array.from({ length: 8 }, async (_, worker) => {
      const client = alternate(worker).as(worker % 4 < 2 ? 'viewer' : 'analyst');
      while (running) {
        const startedAt = performance.now();
        const { status } = await client.get(`${risks}?limit=1`, { 'x-forwarded-for': newAddress() });
        worstMs = Math.max(worstMs, performance.now() - startedAt);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await pause(2);
      }
    });
    await during();
    running = false;
    await Promise.all(load);
    return { worstMs, statuses };
  }

  it.each([
    ['killed', () => redis.kill()],
    [
      'frozen',
      () => {
        redis.freeze();
        return Promise.resolve();
      },
    ],
  ])('fail and delay no request when Redis is %s, and go on at each instance', async (_how, breakRedis) => {
    await redis.command('FLUSHALL');
    const { worstMs, statuses } = await underLoad(async () => {
      await pause(100);
      await breakRedis();
      await until(() => [one, two].every(({ app }) => !app.get(SharedRedis, { strict: false }).isConnected));
      const address = newAddress();
      const alone: number[] = [];
      for (let time = 0; time < 31; time++) alone.push((await ask(one, address)).status);
      expect(alone).toEqual([...Array<number>(30).fill(401), 429]);
      const account = `${_how}@acme.test`;
      for (let time = 0; time < 10; time++) expect((await failLogin(two, account, newAddress())).status).toBe(401);
      expect((await failLogin(two, account, newAddress())).status).toBe(429);
    });
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(20);
    // The cache waits for its deadline three times; the machine may be busy.
    expect(worstMs).toBeLessThan(1_000);
    redis.thaw();
    if (_how === 'killed') await redis.restart({ empty: true });
    await connected();
    const address = newAddress();
    for (let time = 0; time < 20; time++) await ask(one, address);
    await untilShared(address);
  });

  it('boot without Redis, and share once it is there', async () => {
    await redis.kill();
    const env = {
      REDIS_URL: redis.url,
      CACHE_KEY_PREFIX: 'limits',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '30',
      HTTP_TRUST_PROXY: '127.0.0.1',
    };
    const late = await createTestApp({ env, sharing: one });
    const address = newAddress();
    expect((await ask(late, address)).status).toBe(401);
    await redis.restart({ empty: true });
    await connected();
    await until(async () => {
      await ask(late, address);
      return (await redis.command('EXISTS', `limits:limit:address:${address}`)) === 1;
    });
    await late.close();
  });
});
