import { SetupService } from '../../src/auth/accounts/setup.service';
import { printSetupNotice } from '../../src/setup-notice';
import { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/auth/setup';

describe('a new installation', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    other = await createTestApp({ sharing: app });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });
  // Past the trigger that keeps the audit log.
  beforeEach(() => sql('SET session_replication_role = replica; TRUNCATE tenants, users, setup_tokens CASCADE'));

  const sql = (text: string) => withClient(app.database.adminUrl, (client) => client.query(text));
  const issue = (on = app): Promise<string | undefined> => on.app.get(SetupService).issueToken();
  const setUp = (token: string | undefined, name = 'first', on = app) =>
    on.anonymous().post(path, {
      ...{ token, email: `${name}@new.test`, name: 'Fay First', password: 'trombone gravel 41 lantern' },
      ...{ tenantName: name, tenantSlug: name },
    });

  it('is set up with the token of the boot, once; then there is no such route', async () => {
    const token = await issue();
    const answer = await setUp(token);
    expect(answer.status).toBe(201);
    const admin = new ApiClient(app.url, String(answer.body.accessToken));
    expect((await admin.get('/api/v1/auth/me')).body).toMatchObject({
      role: { key: 'admin' },
      tenant: { slug: 'first' },
    });
    for (const again of [token, 'ors_other']) expectProblem(await setUp(again, 'second'), 404);
    expect(await issue()).toBeUndefined();
  });

  it('has a token on each instance, and one tenant however many are used at once', async () => {
    const tokens = [await issue(app), await issue(other)];
    const attempts = [0, 1, 2, 3, 4, 5].map((index) =>
      setUp(tokens[index % 2], `tenant-${index}`, index < 3 ? app : other),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 404, 404, 404, 404, 404]);
    expect((await sql('SELECT FROM tenants')).rowCount).toBe(1);
    expect((await sql('SELECT FROM users')).rowCount).toBe(1);
    expect((await sql('SELECT FROM setup_tokens')).rowCount).toBe(0);
  });

  it('takes no other token, and none that is over', async () => {
    const token = await issue();
    for (const wrong of ['ors_x', `${token}x`, token?.slice(0, -1)]) expectProblem(await setUp(wrong), 401);
    await sql(`UPDATE setup_tokens SET expires_at = now() - interval '1 second'`);
    expectProblem(await setUp(token), 401);
    expect((await sql('SELECT FROM tenants')).rowCount).toBe(0);
  });

  it('keeps the token when what was sent cannot be taken', async () => {
    const token = await issue();
    const weak = {
      token,
      email: 'a@new.test',
      name: 'Fay',
      password: 'Password1234',
      tenantName: 'a',
      tenantSlug: 'a',
    };
    expectProblem(await app.anonymous().post(path, weak), 422);
    expect((await setUp(token)).status).toBe(201);
  });

  it('stores what the token hashes to, for an hour, and logs nothing of it', async () => {
    const token = (await issue()) ?? '';
    const { rows } = await sql(
      `SELECT t::text AS row, round(extract(epoch FROM expires_at - now()) / 60) AS minutes FROM setup_tokens t`,
    );
    expect(rows).toEqual([{ row: expect.not.stringContaining(token), minutes: '60' }]);
    await setUp(token);
    expect(app.logs()).not.toContain(token);
  });

  it('says at its boot how to get in, and nothing once somebody is', async () => {
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const served = { app: app.app, url: app.url, metricsUrl: '', close: () => Promise.resolve() };
    await printSetupNotice(served);
    const token = /"token": "(ors_[\w-]{43})"/.exec(printed.join(''))?.[1];
    expect(printed.join('')).toContain(`curl ${app.url}/api/v1/auth/setup`);
    expect((await setUp(token)).status).toBe(201);
    printed.length = 0;
    await printSetupNotice(served);
    write.mockRestore();
    expect(printed).toEqual([]);
  });
});
