import { setTimeout as pause } from 'node:timers/promises';
import { SharedRedis } from '../../src/cache/shared-redis';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { parseStructuredList } from '../support/structured-list';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const risks = '/api/v1/risks';
const login = '/api/v1/auth/login';
const userQuota = 4_000;

describeWithRedis('rate limits of two instances', () => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;

  const env = () => ({
    REDIS_URL: redis.url,
    CACHE_KEY_PREFIX: 'limits',
    HTTP_TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '30',
    RATE_LIMIT_USER_PER_MINUTE: String(userQuota),
    LOGIN_FAILURES_PER_ACCOUNT: '10',
  });

  beforeAll(async () => {
    redis = await startRedis();
    one = await createTestApp({ env: env() });
    two = await createTestApp({ env: env(), sharing: one });
    await connected();
  });
  afterAll(async () => {
    redis.thaw();
    await two.close();
    await one.close();
    await redis.stop();
  });

  const connected = (): Promise<void> => until(() => isConnected(one) && isConnected(two));
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

  it('are exact for failed logins, at both instances and all at once, while Redis answers in time', async () => {
    // A busy machine must not look like a Redis that is late: then each instance counts for itself.
    const patient = { ...env(), CACHE_DEADLINE_MS: '5000', DB_ACQUIRE_TIMEOUT_MS: '20000' };
    const pair = await Promise.all([1, 2].map(() => createTestApp({ env: patient, sharing: one })));
    await until(() => pair.every(isConnected));
    const attempts = Array.from({ length: 40 }, (_, time) =>
      failLogin(pair[time % 2]!, 'manager@acme.test', newAddress()),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    await Promise.all(pair.map((app) => app.close()));
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

  const isConnected = ({ app }: TestApp): boolean => app.get(SharedRedis, { strict: false }).isConnected;

  const useUpBothLimits = async (account: string): Promise<void> => {
    const address = newAddress();
    const alone: number[] = [];
    for (let time = 0; time < 31; time++) alone.push((await ask(one, address)).status);
    expect(alone).toEqual([...Array<number>(30).fill(401), 429]);
    for (let time = 0; time < 10; time++) expect((await failLogin(two, account, newAddress())).status).toBe(401);
    expect((await failLogin(two, account, newAddress())).status).toBe(429);
  };

  describe.each<[string, () => Promise<void>, () => Promise<void>]>([
    ['killed', () => redis.kill(), () => redis.restart({ empty: true })],
    ['frozen', () => Promise.resolve().then(() => redis.freeze()), () => Promise.resolve().then(() => redis.thaw())],
  ])('while Redis is %s', (how, breakRedis, mendRedis) => {
    afterAll(async () => {
      await mendRedis();
      await connected();
    });

    it('fail and delay no request, and go on at each instance', async () => {
      await redis.command('FLUSHALL');
      const healthy = await underLoad(() => useUpBothLimits(`before-${how}@acme.test`));
      const broken = await underLoad(async () => {
        await breakRedis();
        await until(() => !isConnected(one) && !isConnected(two));
        await useUpBothLimits(`${how}@acme.test`);
      });
      expect([...broken.statuses.keys()].filter((status) => status >= 500)).toEqual([]);
      expect(broken.statuses.get(200)).toBeGreaterThan(20);
      // A few deadlines of 100 ms, of the cache and of the limits, beyond what this machine takes anyway.
      expect(broken.worstMs).toBeLessThan(healthy.worstMs + 3_000);
    }, 180_000);
  });

  it('are one limit again once Redis is back', async () => {
    const address = newAddress();
    for (let time = 0; time < 20; time++) await ask(one, address);
    await untilShared(address);
  });

  it('boot without Redis, and share once it is there', async () => {
    await redis.kill();
    const late = await createTestApp({ env: env(), sharing: one });
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
