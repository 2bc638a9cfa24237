import { decode } from '../support/jwt';
import { createTestApp, testPassword, testSecret, type TestApp } from '../support/test-app';

const login = '/api/v1/auth/login';
const json = { 'content-type': 'application/json' };

/** Whoever reads the log must not be able to be somebody else. */
describe('the log at its finest level', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: { LOG_LEVEL: 'trace', LOG_REQUESTS: 'all' } });
  });
  afterAll(() => app.close());

  it('holds no password, token, secret or hash, whatever goes well or wrong', async () => {
    const email = 'admin@acme.test';
    const anonymous = app.anonymous();
    const { body } = await anonymous.post(login, { email, password: testPassword });
    await anonymous.post(login, { email, password: 'hunter2-wrong' });
    await anonymous.post(login, { email, password: ['hunter2-list'], remember: 1 });
    await anonymous.post(login, { email, password: { value: 'hunter2-object' } });
    await anonymous.post(login, { email, password: 'hunter2\0' });
    await anonymous.send('POST', login, '{"email":"a","password":"hunter2-half', json);
    await anonymous.send('POST', login, `{"password":"hunter2-a","password":"hunter2-b"}`, json);
    await anonymous.send('POST', login, 'password=hunter2', { 'content-type': 'application/x-www-form-urlencoded' });
    await anonymous.get(`/api/v1/auth/me?access_token=${body.accessToken}&password=hunter2`);
    for (const authorization of [`Bearer ${body.accessToken}`, `Bearer ${body.accessToken}x`, 'Basic hunter2']) {
      await anonymous.get('/api/v1/auth/me', { authorization, cookie: 'session=hunter2' });
      await anonymous.get('/api/v1/nowhere', { authorization, cookie: 'session=hunter2' });
    }
    const refreshed = await anonymous.post('/api/v1/auth/refresh', { refreshToken: body.refreshToken });
    await anonymous.post('/api/v1/auth/refresh', { refreshToken: body.refreshToken });
    const made = await app.as('analyst').post('/api/v1/auth/tokens', { name: 'hunter' });
    const apiToken = String(made.body.token);
    for (const token of [apiToken, `${apiToken}x`]) {
      await anonymous.get('/api/v1/auth/me', { authorization: `Bearer ${token}` });
    }
    const opaque = [body.refreshToken, refreshed.body.refreshToken, apiToken].map((token) => String(token).slice(-43));
    const log = app.logs();
    expect(log.split('\n').length).toBeGreaterThan(20);
    expect(log).toContain('"route":"/api/v1/auth/login"');

    const [, , signature = ''] = (body.accessToken as string).split('.');
    const { jti } = decode(body.accessToken as string).payload;
    const databasePassword = new URL(app.database.applicationUrl).password;
    const known = [testPassword, testSecret, signature, String(jti), '$argon2id', databasePassword, 'hunter2'];
    for (const secret of [...known, ...opaque]) {
      expect(secret.length).toBeGreaterThan(6);
      expect(log.includes(secret) && secret).toBe(false);
    }
  });
});
