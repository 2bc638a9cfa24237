import { ApiClient, type ApiAnswer } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { parseStructuredList } from '../support/structured-list';
import { createTestApp, type TestApp } from '../support/test-app';

const risks = '/api/v1/risks';

/** What the headers say of one limit. */
function limitIn(answer: ApiAnswer, name: string): Readonly<Record<string, number>> {
  const headers = [answer.headers.get('ratelimit-policy'), answer.headers.get('ratelimit')];
  const items = headers.flatMap((header) => parseStructuredList(header).filter(({ value }) => value === name));
  expect(items).toHaveLength(2);
  return { ...items[0]?.parameters, ...items[1]?.parameters };
}

describe('rate limits', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp({
      env: {
        HTTP_TRUST_PROXY: '127.0.0.1',
        HTTP_CORS_ORIGINS: 'https://ui.example.com',
        RATE_LIMIT_ADDRESS_PER_MINUTE: '20',
        RATE_LIMIT_USER_PER_MINUTE: '6',
        RATE_LIMIT_TENANT_PER_MINUTE: '15',
      },
    });
  });
  afterAll(() => test.close());

  let lastNetwork = 0;
  /** A network that nobody has used yet. */
  const network = (): string => `10.0.${++lastNetwork}`;
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
  const statuses = (answers: readonly ApiAnswer[]): number[] => answers.map(({ status }) => status);

  async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (let time = 0; time < count; time++) results.push(await work());
    return results;
  }

  it('count down in the headers, for the address, the user and the tenant', async () => {
    const address = `${network()}.1`;
    const [first, second] = await times(2, () => test.as('viewer').get(risks, from(address)));
    expect(limitIn(first!, 'address')).toEqual({ q: 20, w: 60, r: 19, t: 60 });
    expect(limitIn(first!, 'user')).toEqual({ q: 6, w: 60, r: 5, t: 60 });
    expect(limitIn(first!, 'tenant')).toMatchObject({ q: 15, w: 60, r: 14 });
    expect(limitIn(second!, 'user')).toMatchObject({ r: 4 });
    expect(limitIn(second!, 'tenant')).toMatchObject({ r: 13 });
  });

  it('refuse a user with 429, and leave the rest of the tenant what is theirs', async () => {
    const address = `${network()}.1`;
    const answers = await times(10, () => test.as('analyst').get(risks, from(address)));
    expect(statuses(answers)).toEqual([...Array<number>(6).fill(200), ...Array<number>(4).fill(429)]);
    const refused = answers[9]!;
    expect(expectProblem(refused, 429)).toMatchObject({
      code: 'rate-limit.exceeded',
      'violated-policies': ['user'],
    });
    expect(limitIn(refused, 'user')['r']).toBe(0);
    expect(refused.headers.get('retry-after')).toBe(String(limitIn(refused, 'user')['t']));
    const manager = await test.as('manager').get(risks, from(address));
    expect(manager.status).toBe(200);
    // Two of the viewer above, six of the analyst, one of the manager: what was refused is not the tenant's.
    expect(limitIn(manager, 'tenant')['r']).toBe(15 - 9);
  });

  it('refuse a tenant, and not the other one', async () => {
    const client = (role: 'viewer' | 'analyst' | 'manager' | 'admin') => test.as(role, test.globex);
    for (const role of ['viewer', 'analyst', 'manager'] as const)
      await times(5, () => client(role).get(risks, from(`${network()}.1`)));
    const refused = await client('admin').get(risks, from(`${network()}.1`));
    expect(expectProblem(refused, 429)['violated-policies']).toEqual(['tenant']);
    expect((await test.as('admin').get(risks, from(`${network()}.1`))).status).toBe(200);
  });

  it.each([
    ['without a token', 401, risks],
    ['for what does not exist', 404, '/nowhere'],
    ['with another method', 405, '/api/v1/auth/login'],
    ['with a broken query', 400, '/api/v1/risks?a=%ff'],
  ])('refuse an address %s too', async (_what, usual, path) => {
    const address = `${network()}.1`;
    const answers = await times(21, () => test.anonymous().get(path, from(address)));
    expect(statuses(answers)).toEqual([...Array<number>(20).fill(usual), 429]);
    expect(expectProblem(answers[20]!, 429)['violated-policies']).toEqual(['address']);
    expect(limitIn(answers[19]!, 'address')).toMatchObject({ r: 0 });
  });

  it('count nothing for the user or the tenant of a session or API token that has ended', async () => {
    const admin = test.as('admin', test.globex);
    const address = `${network()}.1`;
    const { body } = await admin.post('/api/v1/auth/tokens', { name: 'leaked' }, from(address));
    const revoked = await admin.delete(`/api/v1/auth/tokens/${body.id}`, from(address));
    const thief = new ApiClient(test.url, body.token as string);
    const refused = await times(8, () => thief.get(risks, from(`${network()}.1`)));
    expect(statuses(refused)).toEqual(Array<number>(8).fill(401));
    const left = (answer: ApiAnswer): number => limitIn(answer, 'user')['r']!;
    expect(left(await admin.get(risks, from(address)))).toBe(left(revoked) - 1);
  });

  it('take a /64 of IPv6 for one address, and each IPv4 address for itself', async () => {
    const answers = await times(20, () => test.anonymous().get(risks, from('2001:db8:1:2::1')));
    expect(limitIn(answers[19]!, 'address')['r']).toBe(0);
    expect((await test.anonymous().get(risks, from('2001:db8:1:2:ffff::9'))).status).toBe(429);
    expect((await test.anonymous().get(risks, from('2001:db8:1:3::1'))).status).toBe(401);
    const net = network();
    expect(limitIn(await test.anonymous().get(risks, from(`${net}.1`)), 'address')['r']).toBe(19);
    expect(limitIn(await test.anonymous().get(risks, from(`${net}.2`)), 'address')['r']).toBe(19);
  });

  it.each(['/health/live', '/health/ready', '/openapi.json', '/docs'])('leave %s alone', async (path) => {
    const address = `${network()}.1`;
    const answers = await times(25, () => test.anonymous().get(path, from(address)));
    expect(statuses(answers)).not.toContain(429);
    expect(answers[0]!.headers.get('ratelimit')).toBeNull();
  });

  it('are readable for a page of an allowed origin, also when they refuse', async () => {
    const address = `${network()}.1`;
    const headers = { ...from(address), origin: 'https://ui.example.com' };
    for (const answer of await times(21, () => test.anonymous().get(risks, headers))) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://ui.example.com');
      const exposed = answer.headers.get('access-control-expose-headers')?.split(', ');
      expect(exposed).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy', 'Retry-After']));
    }
  });

  it('leave one line in the log for each block', () => {
    const lines = test.logs().split('\n');
    const analyst = lines.filter(
      (line) => line.includes(test.acme.userIds.analyst) && line.includes('Limit user is reached'),
    );
    expect(analyst).toHaveLength(1);
    expect(JSON.parse(analyst[0]!)).toMatchObject({ level: 'warn', room: 'RateLimit' });
  });
});

describe('without a trusted proxy', () => {
  it('X-Forwarded-For gives nobody another address', async () => {
    const test = await createTestApp({ env: { RATE_LIMIT_ADDRESS_PER_MINUTE: '5' } });
    const statuses: number[] = [];
    for (let time = 0; time < 7; time++) {
      const headers = {
        'x-forwarded-for': `10.9.9.${time}`,
        'x-real-ip': `10.9.8.${time}`,
        forwarded: `for=10.9.7.${time}`,
      };
      statuses.push((await test.anonymous().get(risks, headers)).status);
    }
    await test.close();
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });
});

describe('switched off', () => {
  it.each([
    ['all', { RATE_LIMIT_ENABLED: 'false', RATE_LIMIT_ADDRESS_PER_MINUTE: '1', LOGIN_FAILURES_PER_ACCOUNT: '1' }],
    [
      'each',
      {
        RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
        RATE_LIMIT_USER_PER_MINUTE: '0',
        RATE_LIMIT_TENANT_PER_MINUTE: '0',
        LOGIN_FAILURES_PER_ACCOUNT: '0',
        LOGIN_FAILURES_PER_ADDRESS: '0',
      },
    ],
  ])('%s of them refuse nothing and say nothing', async (_what, env) => {
    const test = await createTestApp({ env });
    for (let time = 0; time < 3; time++) {
      const read = await test.as('viewer').get(risks);
      const login = await test.anonymous().post('/api/v1/auth/login', { email: 'viewer@acme.test', password: 'wrong' });
      expect([read.status, login.status]).toEqual([200, 401]);
      expect([read.headers.get('ratelimit'), login.headers.get('ratelimit')]).toEqual([null, null]);
    }
    await test.close();
  });
});
