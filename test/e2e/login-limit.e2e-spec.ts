import { withClient } from '../support/open-database';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { parseStructuredList } from '../support/structured-list';
import { createTestApp, testPassword, type TestApp } from '../support/test-app';

const login = '/api/v1/auth/login';

/** Behind a trusted proxy, so that a test can come from many addresses. */
describe('failed logins', () => {
  let test: TestApp;
  /** With blocks that a test can wait for. */
  let impatient: TestApp;
  beforeAll(async () => {
    const env = {
      HTTP_TRUST_PROXY: '127.0.0.1',
      LOGIN_FAILURES_PER_ACCOUNT: '10',
      LOGIN_FAILURES_PER_ADDRESS: '15',
    };
    test = await createTestApp({ env });
    impatient = await createTestApp({ env: { ...env, LOGIN_BLOCK_SECONDS: '1' }, sharing: test });
  });
  afterAll(async () => {
    await impatient.close();
    await test.close();
  });

  const attempt = (email: string, address: string, password = 'wrong', { url } = test): Promise<ApiAnswer> =>
    new ApiClient(url).post(login, { email, password }, { 'x-forwarded-for': address });

  const failTenTimes = async (email: string, network: string, app = test): Promise<ApiAnswer[]> => {
    const answers: ApiAnswer[] = [];
    for (let time = 0; time < 10; time++) answers.push(await attempt(email, `${network}.${time % 4}`, 'wrong', app));
    return answers;
  };

  /** Without what may differ: its id, and the seconds that have passed since the other one. */
  const told = ({ body, headers }: ApiAnswer): unknown => {
    const names = ['retry-after', 'ratelimit', 'ratelimit-policy', 'content-length'];
    const text = JSON.stringify({ ...body, requestId: '', headers: names.map((name) => headers.get(name)) });
    return text.replaceAll(/\b([1-9]\d)\b(?= s\.|")|(?<=t=)\d+/g, 'some');
  };

  it('block the account after ten, from wherever they come, and an unknown one just the same', async () => {
    const known = await failTenTimes('analyst@acme.test', '10.1.1');
    const unknown = await failTenTimes('nobody@acme.test', '10.1.2');
    expect([...known, ...unknown].map(({ status }) => status)).toEqual(Array(20).fill(401));
    expect(known.map(told)).toEqual(unknown.map(told));

    const blocked = await attempt('analyst@acme.test', '10.1.1.99', testPassword);
    const blockedUnknown = await attempt('nobody@acme.test', '10.1.2.99', testPassword);
    expect(expectProblem(blocked, 429)).toMatchObject({
      code: 'rate-limit.exceeded',
      'violated-policies': ['login-account'],
    });
    expect(told(blocked)).toEqual(told(blockedUnknown));
  });

  it('leave everybody else alone, also at the same address', async () => {
    await failTenTimes('manager@acme.test', '10.2.1');
    expect((await attempt('viewer@acme.test', '10.2.1.1', testPassword)).status).toBe(200);
  });

  it('count for the account however it is spelled', async () => {
    await failTenTimes('Admin@ACME.test', '10.3.1');
    for (const spelling of ['admin@acme.test', 'ADMIN@acme.test', 'Admin@Acme.Test']) {
      expect((await attempt(spelling, '10.3.2.1', testPassword)).status).toBe(429);
    }
  });

  it('tell nobody by the spelling whether there is an account', async () => {
    const left = (answer: ApiAnswer): unknown => answer.headers.get('ratelimit')?.replaceAll(/t=\d+/g, '');
    for (const spelling of [(email: string) => ` ${email}`, (email: string) => email.toUpperCase()]) {
      const [known, unknown] = ['admin@globex.test', 'nobody@globex.test'];
      for (const email of [known, unknown]) await attempt(email, '10.9.1.1');
      const answers = [await attempt(spelling(known), '10.9.2.1'), await attempt(spelling(unknown), '10.9.3.1')];
      expect(left(answers[0]!)).toBe(left(answers[1]!));
    }
  });

  it('are not forgotten when somebody logs in to an account that looks alike', async () => {
    const lookAlike = '\u00e1nalyst@globex.test';
    await withClient(test.database.adminUrl, (sql) =>
      sql.query(`UPDATE users SET email = $1 WHERE id = $2`, [lookAlike, test.globex.userIds.manager]),
    );
    for (let guess = 0; guess < 10; guess++) {
      expect((await attempt('analyst@globex.test', `10.8.1.${guess}`)).status).toBe(401);
      expect((await attempt(lookAlike, '10.8.2.1', testPassword)).status).toBe(200);
    }
    expect((await attempt('analyst@globex.test', '10.8.1.99', testPassword)).status).toBe(429);
  });

  it('count down in the headers, and start anew after a success', async () => {
    const left = (answer: ApiAnswer): number | undefined =>
      parseStructuredList(answer.headers.get('ratelimit')).find(({ value }) => value === 'login-account')?.parameters[
        'r'
      ];
    const email = 'viewer@globex.test';
    const failed = [await attempt(email, '10.4.1.1'), await attempt(email, '10.4.1.2')];
    const succeeded = await attempt(email, '10.4.1.3', testPassword);
    expect([...failed, succeeded, await attempt(email, '10.4.1.4')].map(left)).toEqual([9, 8, 10, 9]);
  });

  it('block the address after its own number, whichever accounts it tries; a success does not help it', async () => {
    const address = '10.5.1.1';
    for (let time = 0; time < 14; time++) {
      expect((await attempt(`user-${time}@acme.test`, address)).status).toBe(401);
    }
    expect((await attempt('admin@globex.test', address, testPassword)).status).toBe(200);
    expect((await attempt('user-15@acme.test', address)).status).toBe(401);
    const refused = await attempt('admin@globex.test', address, testPassword);
    expect(expectProblem(refused, 429)['violated-policies']).toEqual(['login-address']);
    expect((await attempt('admin@globex.test', '10.5.1.2', testPassword)).status).toBe(200);
  });

  it('are over when Retry-After says so, and the next block is twice as long', async () => {
    const email = 'analyst@globex.test';
    await failTenTimes(email, '10.6.1', impatient);
    const first = await attempt(email, '10.6.1.9', testPassword, impatient);
    expect(first.headers.get('retry-after')).toBe('1');
    await pause(1000);
    const answers = await failTenTimes(email, '10.6.2', impatient);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(401));
    const second = await attempt(email, '10.6.2.9', testPassword, impatient);
    expect(second.headers.get('retry-after')).toBe('2');
  });

  it('are as many at once as one after the other', async () => {
    const attempts = Array.from({ length: 30 }, (_, time) => attempt('manager@globex.test', `10.7.${time}.1`));
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  it('leave one line per block in the log, without the account', () => {
    // Nest has one logger for all applications of a process.
    const lines = `${test.logs()}${impatient.logs()}`.split('\n');
    const warnings = lines.filter((line) => line.includes('is reached by'));
    expect(warnings.filter((line) => line.includes('login-address'))).toHaveLength(1);
    expect(warnings.join()).not.toMatch(/acme|globex/);
    expect(warnings.length).toBeLessThan(10);
  });

  it('are counted wherever a password is asked for, or a token that opens a session', async () => {
    const strict = await createTestApp({
      sharing: test,
      env: { LOGIN_FAILURES_PER_ACCOUNT: '3', LOGIN_FAILURES_PER_ADDRESS: '6' },
    });
    const guess = { currentPassword: 'wrong', newPassword: 'trombone gravel 41 lantern' };
    const guesses: number[] = [];
    for (let time = 0; time < 4; time++) {
      guesses.push((await strict.as('manager', strict.globex).post('/api/v1/auth/password', guess)).status);
    }
    expect(guesses).toEqual([401, 401, 401, 429]);
    const refreshes: number[] = [];
    for (let time = 0; time < 4; time++) {
      refreshes.push((await strict.anonymous().post('/api/v1/auth/refresh', { refreshToken: 'orr_guess' })).status);
    }
    expect(refreshes).toEqual([401, 401, 401, 429]);
    await strict.close();
  });
});
