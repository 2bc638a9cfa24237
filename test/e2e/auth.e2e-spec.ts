import { createHmac } from 'node:crypto';
import { decode } from '../support/jwt';
import { withClient } from '../support/open-database';
import { sendRaw } from '../support/raw-http';
import { createTestApp, testPassword, type TestApp } from '../support/test-app';

const login = '/api/v1/auth/login';
const me = '/api/v1/auth/me';

describe('authentication', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it('exchanges e-mail and password for a token that answers /auth/me', async () => {
    const answer = await test.anonymous().post(login, { email: 'ANALYST@acme.test', password: testPassword });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 600, tenant: { slug: 'acme' } });
    const whoAmI = await test.anonymous().get(me, { authorization: `Bearer ${answer.body.accessToken}` });
    expect(whoAmI.body).toMatchObject({
      email: 'analyst@acme.test',
      tenant: { id: test.acme.id },
      role: { key: 'analyst', level: 3 },
    });
    expect(whoAmI.body.grants).toContainEqual({ permission: 'risk:update', scope: 'tenant' });
  });

  it.each([
    ['a wrong password', { email: 'analyst@acme.test', password: 'wrong' }],
    ['an unknown user', { email: 'nobody@acme.test', password: testPassword }],
    ['a tenant one is no member of', { email: 'analyst@acme.test', password: testPassword, tenant: 'globex' }],
  ])('answers %s with the same 401', async (_what, body) => {
    const answer = await test.anonymous().post(login, body);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'auth.unauthenticated', detail: 'E-mail, password or tenant is wrong.' });
  });

  it('refuses a disabled account, at login and with a token', async () => {
    await withClient(test.database.adminUrl, (client) =>
      client.query(`UPDATE users SET status = 'DISABLED' WHERE email = 'viewer@globex.test'`),
    );
    expect((await test.as('viewer', test.globex).get(me)).status).toBe(401);
    expect((await test.anonymous().post(login, { email: 'viewer@globex.test', password: testPassword })).status).toBe(
      401,
    );
  });

  it('carries ids only', () => {
    const claims = decode(test.as('admin').token!);
    expect(Object.keys(claims.payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub', 'tid']);
    expect(claims.header).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  });

  describe('refuses with 401 and a problem', () => {
    const forge = (change: { header?: object; payload?: object; key?: string }): string => {
      const real = decode(test.as('admin').token!);
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const body = `${part({ ...real.header, ...change.header })}.${part({ ...real.payload, ...change.payload })}`;
      return `${body}.${createHmac('sha256', change.key ?? 'guess')
        .update(body)
        .digest('base64url')}`;
    };
    it.each<[string, () => string | undefined]>([
      ['no token', () => undefined],
      ['another scheme', () => 'Basic YTpi'],
      ['an empty token', () => 'Bearer '],
      ['garbage', () => 'Bearer abc'],
      ['alg none', () => `Bearer ${forge({ header: { alg: 'none' } }).replace(/[^.]*$/, '')}`],
      ['a key we do not have', () => `Bearer ${forge({})}`],
      [
        'an elevated payload under the old signature',
        () => {
          const [header, , signature] = test.as('viewer').token!.split('.');
          const [, payload] = test.as('admin').token!.split('.');
          return `Bearer ${header}.${payload}.${signature}`;
        },
      ],
      ['a token with trailing text', () => `Bearer ${test.as('admin').token} x`],
      ['two tokens', () => `Bearer ${test.as('admin').token}, Bearer ${test.as('admin').token}`],
    ])('%s', async (_what, authorization) => {
      const value = authorization();
      const answer = await test.anonymous().get(me, value === undefined ? {} : { authorization: value });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(answer.body).toMatchObject({ code: 'auth.unauthenticated', status: 401 });
    });

    it('a token in the query', async () => {
      expect((await test.anonymous().get(`${me}?access_token=${test.as('admin').token}`)).status).toBe(401);
    });
  });

  it('refuses a large file without a token before it is read', async () => {
    const head = 'POST /api/v1/risks/import HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 30000000';
    expect((await sendRaw(test.url, `${head}\r\n\r\ntitle`, { waitMs: 1000 })).status).toBe(401);
  });

  it('answers 503, not a pile of work, when too many logins wait', async () => {
    const small = await createTestApp({
      sharing: test,
      env: { AUTH_PASSWORD_CONCURRENCY: '1', AUTH_PASSWORD_QUEUE: '2' },
    });
    const attempt = () => small.anonymous().post(login, { email: 'analyst@acme.test', password: testPassword });
    const statuses = (await Promise.all(Array.from({ length: 12 }, attempt))).map(({ status }) => status);
    await small.close();
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
  });
});
