import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import type { LogResponse } from '../../src/marketplace/logs/log.dto';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import { addVault, VAULT_ID, withTestConnectors } from '../factories/app';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/marketplace/apps';
const url = 'https://vault.example.org/api';
const token = 'tok-canary-4711';

describe('apps', () => {
  let app: TestApp;
  let admin: ApiClient;
  beforeAll(async () => {
    app = await createTestApp({ env: withTestConnectors });
    admin = app.as('admin');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    const { body } = await admin.get(`${path}?limit=200`);
    for (const { id } of body.items as AppResponse[]) await admin.delete(`${path}/${id}`, { 'if-match': '*' });
  });

  const install = (given: object, client = admin): Promise<ApiAnswer> =>
    client.post(path, { connectorId: VAULT_ID, configuration: { url, token }, ...given });
  const configure = ({ id, version }: AppResponse, configuration: object, name = 'Vault'): Promise<ApiAnswer> =>
    admin.send('PUT', `${path}/${id}`, { name, configuration }, ifVersion(version));
  const problemsOf = ({ body }: ApiAnswer): Record<string, string> =>
    Object.fromEntries(
      ((body.errors ?? []) as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]),
    );
  const logsOf = async (id: string, query = ''): Promise<LogResponse[]> =>
    (await admin.get(`${path}/${id}/logs${query}`)).body.items as LogResponse[];
  const sealedOf = (id: string): Promise<{ name: string; sealed: string }[]> =>
    withClient(app.database.adminUrl, async (sql) => {
      const { rows } = await sql.query<{ name: string; sealed: string }>(
        'SELECT name, sealed FROM app_secrets WHERE app_id = $1 ORDER BY name',
        [id],
      );
      return rows;
    });

  describe('are installed', () => {
    it('with the defaults of the schema, and their secrets hidden', async () => {
      const made = await install({ configuration: { url, token, labels: ['a'] } });
      expect(made.status).toBe(201);
      expect(made.headers.get('location')).toBe(`${path}/${made.body.id}`);
      expect(made.body).toMatchObject({
        ...{ connectorId: VAULT_ID, connector: 'vault', name: 'Test vault', status: 'INSTALLED', version: 1 },
        ...{ autoSync: false, syncIntervalSeconds: 300, lastSyncAt: null, lastSyncStatus: null, lastSyncError: null },
        configuration: { url, token: { set: true }, labels: ['a'], batch: 20, mode: 'fine' },
        installedBy: app.acme.userIds.admin,
      });
      expect((await admin.get(`${path}/${made.body.id}`)).body).toEqual(made.body);
      expect((await admin.get(path)).body.items).toEqual([made.body]);
      const [secret, ...others] = await sealedOf(made.body.id);
      expect([secret?.name, others]).toEqual(['token', []]);
      expect(secret?.sealed).not.toContain(token);
    });

    it.each([
      ['what is required and missing', {}, { '/configuration/url': 'required', '/configuration/token': 'required' }],
      ['types', { url: 1, token: [1] }, { '/configuration/url': 'type', '/configuration/token': 'type' }],
      ['what the schema does not know', { url, token, 'a/b': 1 }, { '/configuration/a~1b': 'unknown-field' }],
      ['formats', { url: 'not a url', token }, { '/configuration/url': 'format' }],
      ['ranges', { url, token, batch: 0 }, { '/configuration/batch': 'minimum' }],
      ['choices', { url, token, mode: 'other' }, { '/configuration/mode': 'enum' }],
      ['patterns of secrets', { url, token, pin: '12a4' }, { '/configuration/pin': 'pattern' }],
      ['items', { url, token, labels: ['a', 2] }, { '/configuration/labels/1': 'type' }],
      ['other protocols', { url: 'file:///etc/passwd', token }, { '/configuration/url': 'protocol' }],
      ['passwords in the address', { url: 'https://me:pw@x.example', token }, { '/configuration/url': 'credentials' }],
      ['a secret that only looks stored', { url, token: { set: true } }, { '/configuration/token': 'required' }],
    ])('not against the schema: %s', async (_what, configuration, problems) => {
      const refused = await install({ configuration });
      expectProblem(refused, 422);
      expect(problemsOf(refused)).toEqual(problems);
      expect(refused.text).not.toContain('12a4');
    });

    it('not when there is no such connector, or it is deprecated or inactive', async () => {
      expect(problemsOf(await install({ connectorId: connectorIdOf('none') }))).toEqual({ '/connectorId': 'unknown' });
      for (const slug of ['retired', 'parked']) {
        const refused = await install({ connectorId: connectorIdOf(slug), configuration: {} });
        expect(problemIn(refused)).toEqual({ status: 409, code: 'connector.not-installable' });
      }
    });

    it('once in a tenant, however many try at the same time; again after it is uninstalled', async () => {
      const statuses = (await Promise.all(Array.from({ length: 8 }, () => install({})))).map(({ status }) => status);
      expect(statuses.sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
      expect(problemIn(await install({}))).toEqual({ status: 409, code: 'connector.already-installed' });
      const [live] = (await admin.get(path)).body.items as AppResponse[];
      expect((await admin.delete(`${path}/${String(live?.id)}`, ifVersion(1))).status).toBe(204);
      expect((await install({})).status).toBe(201);
    });

    it('by who has what the connector needs', async () => {
      const installer = await customMember(app, app.acme, ['connector:create:tenant', 'connector:read:tenant']);
      expect(expectProblem(await install({}, installer.client), 403)['permission']).toBe('risk:create');
      const narrow = await customMember(app, app.acme, ['connector:create:tenant', 'risk:create:own']);
      expect(expectProblem(await install({}, narrow.client), 403)['permission']).toBe('risk:create');
      const able = await customMember(app, app.acme, ['connector:create:tenant', 'risk:create:tenant']);
      expect((await install({}, able.client)).status).toBe(201);
    });
  });

  describe('are configured', () => {
    it('as they are shown: what is shown of a secret keeps it', async () => {
      const made = await addVault(admin, { pin: '1234' });
      const before = await sealedOf(made.id);
      const changed = await configure(made, { ...made.configuration, batch: 5 }, 'Renamed');
      expect(changed.body).toMatchObject({
        ...{ name: 'Renamed', version: 2, status: 'INSTALLED' },
        configuration: { url, batch: 5, token: { set: true }, pin: { set: true } },
      });
      expect(await sealedOf(made.id)).toEqual(before);
      const again = await configure(changed.body, changed.body.configuration, 'Renamed');
      expect([again.status, again.body]).toEqual([200, changed.body]);
    });

    it('with secrets left out that stay, new ones that replace them, null that removes them', async () => {
      const made = await addVault(admin, { pin: '1234' });
      const before = await sealedOf(made.id);
      const kept = await configure(made, { url });
      expect(kept.body.configuration).toMatchObject({ token: { set: true }, pin: { set: true } });
      const replaced = await configure(kept.body, { url, token: 'another one', pin: null });
      expect(replaced.body.configuration).toEqual({ url, batch: 20, mode: 'fine', token: { set: true } });
      const after = await sealedOf(made.id);
      expect([after.length, after[0]?.name]).toEqual([1, 'token']);
      expect(after[0]?.sealed).not.toBe(before.find(({ name }) => name === 'token')?.sealed);
      const bare = await configure(replaced.body, { url, token: null });
      expect([bare.status, problemsOf(bare)]).toEqual([422, { '/configuration/token': 'required' }]);
    });

    it('without the secrets that were for another address', async () => {
      const made = await addVault(admin, { pin: '1234' });
      const spelled = await configure(made, { url: 'HTTPS://VAULT.example.org:443/api' });
      expect(spelled.body.configuration).toMatchObject({ token: { set: true }, pin: { set: true } });
      const moved = await configure(spelled.body, { ...spelled.body.configuration, url: 'https://evil.example.org' });
      expect(moved.body).toMatchObject({ status: 'PENDING', version: 3 });
      expect(moved.body.configuration).toEqual({ url: 'https://evil.example.org', batch: 20, mode: 'fine' });
      expect(await sealedOf(made.id)).toEqual([]);
      expect(problemIn(await admin.post(`${path}/${made.id}/test`))).toEqual({ status: 409, code: 'app.not-ready' });
      const given = await configure(moved.body, { url: 'https://evil.example.org', token: 'for the new one' });
      expect([given.body.status, given.body.configuration.token]).toEqual(['INSTALLED', { set: true }]);
    });

    it('based on the version that is there', async () => {
      const made = await addVault(admin);
      const body = { name: 'x', configuration: { url } };
      expectProblem(await admin.send('PUT', `${path}/${made.id}`, body), 428);
      const stale = await admin.send('PUT', `${path}/${made.id}`, body, ifVersion(7));
      expectProblem(stale, 412);
      expect(stale.headers.get('etag')).toBe('"v1"');
      expectProblem(await admin.delete(`${path}/${made.id}`), 428);
      expectProblem(await admin.delete(`${path}/${made.id}`, ifVersion(2)), 412);
      const read = await admin.get(`${path}/${made.id}`);
      const etag = String(read.headers.get('etag'));
      expect((await admin.get(`${path}/${made.id}`, { 'if-none-match': etag })).status).toBe(304);
      const changed = await admin.send('PUT', `${path}/${made.id}`, body, { 'if-match': etag });
      expect([changed.status, changed.body.version]).toEqual([200, 2]);
      expect((await admin.get(`${path}/${made.id}`, { 'if-none-match': etag })).status).toBe(200);
    });
  });

  it('are disabled and enabled; reads are fresh, and asking twice changes nothing', async () => {
    const { id } = await addVault(admin);
    const act = async (action: string): Promise<[number, string, number]> => {
      const { status, body } = await admin.post(`${path}/${id}/${action}`);
      expect((await app.as('viewer').get(`${path}/${id}`)).body).toEqual(body);
      return [status, body.status, body.version];
    };
    expect(await act('disable')).toEqual([200, 'DISABLED', 2]);
    expect(await act('disable')).toEqual([200, 'DISABLED', 2]);
    const moved = await admin.send(
      'PUT',
      `${path}/${id}`,
      { name: 'x', configuration: { url: 'https://b.example' } },
      ifVersion(2),
    );
    expect(moved.body.status).toBe('DISABLED');
    expect(await act('enable')).toEqual([200, 'PENDING', 4]);
    expect((await admin.get(`${path}?status=PENDING`)).body.items).toHaveLength(1);
  });

  it('that are uninstalled keep their risks and their past, and lose their secrets', async () => {
    const risk = await addRisk(admin);
    const { id } = await addVault(admin);
    expect((await admin.delete(`${path}/${id}`, ifVersion(1))).status).toBe(204);
    expect((await admin.get(`${path}/${id}`)).body).toMatchObject({ status: 'UNINSTALLED', version: 2 });
    expect((await admin.get(path)).body.items).toEqual([]);
    const { body } = await admin.get(`${path}?status=UNINSTALLED&connectorId=${VAULT_ID}&total=true&limit=1`);
    expect([body.items[0].id, body.total > 0]).toEqual([id, true]);
    expect(await sealedOf(id)).toEqual([]);
    expect((await admin.get(`/api/v1/risks/${risk.id}`)).body).toEqual(risk);
    expect((await logsOf(id)).map(({ action }) => action)).toEqual(['UNINSTALL', 'INSTALL']);
    for (const action of ['enable', 'disable', 'test'])
      expect(problemIn(await admin.post(`${path}/${id}/${action}`))).toEqual({ status: 409, code: 'app.uninstalled' });
    expect(problemIn(await admin.delete(`${path}/${id}`, ifVersion(2))).status).toBe(409);
  });

  describe('are tested', () => {
    it('with their secrets, and tell none of them', async () => {
      const { id } = await addVault(admin, { mode: 'refused', pin: '9042' });
      const { status, body, text } = await admin.post(`${path}/${id}/test`);
      expect([status, body]).toEqual([
        200,
        {
          ok: false,
          checks: [
            { name: 'Knows [secret]', ok: true },
            { name: 'Opens', ok: false, error: '401 for [secret] with [secret]' },
          ],
        },
      ]);
      expect(text).not.toContain(token);
    });

    it('and a connector that throws has failed', async () => {
      const { id } = await addVault(admin, { mode: 'throws' });
      const { body } = await admin.post(`${path}/${id}/test`);
      expect(body).toEqual({
        ok: false,
        checks: [{ name: 'The connector can test', ok: false, error: 'Nobody knows [secret]' }],
      });
      expect(await logsOf(id, '?action=TEST')).toEqual([
        expect.objectContaining({ outcome: 'FAILED', error: 'Nobody knows [secret]' }),
      ]);
    });

    it('as often as one likes, without a new version', async () => {
      const { id } = await addVault(admin);
      expect((await admin.post(`${path}/${id}/test`)).body.ok).toBe(true);
      expect((await admin.get(`${path}/${id}`)).body.version).toBe(1);
    });
  });

  it('have a log of what was done, by whom, what came of it and how long it took', async () => {
    const made = await addVault(admin);
    await configure(made, { url, batch: 1000 });
    await configure(made, { url, batch: 10 });
    await configure(made, { url, batch: 11 });
    await admin.post(`${path}/${made.id}/test`);
    await admin.post(`${path}/${made.id}/disable`);
    const logs = await logsOf(made.id);
    expect(logs.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      ...['DISABLE SUCCEEDED', 'TEST SUCCEEDED', 'CONFIGURE FAILED', 'CONFIGURE SUCCEEDED', 'CONFIGURE FAILED'],
      'INSTALL SUCCEEDED',
    ]);
    expect(logs.map(({ error }) => error !== null)).toEqual([false, false, true, false, true, false]);
    for (const { actorId, durationMs } of logs) {
      expect(actorId).toBe(app.acme.userIds.admin);
      expect(durationMs).toBeGreaterThanOrEqual(0);
    }
    const { body } = await admin.get(`${path}/${made.id}/logs?action=CONFIGURE&total=true&limit=2`);
    expect([body.total, body.items.length, typeof body.page.nextCursor]).toEqual([3, 2, 'string']);
  });

  it('are in the audit log, with the names of what changed', async () => {
    const made = await addVault(admin);
    await configure(made, { url: 'https://audit.example', batch: 3 });
    const { body } = await admin.get(`/api/v1/audit-logs?action=app.*&limit=2`);
    expect(body.items).toMatchObject([
      {
        ...{ action: 'app.configure', resource: 'app', resourceId: made.id },
        details: { connector: 'vault', fields: expect.arrayContaining(['url', 'batch']), droppedSecrets: ['token'] },
      },
      { action: 'app.install', details: { connector: 'vault', fields: expect.arrayContaining(['token']) } },
    ]);
  });

  it('of another tenant are not there', async () => {
    const { id } = await addVault(app.as('admin', app.globex));
    for (const answer of [
      await admin.get(`${path}/${id}`),
      await admin.get(`${path}/${id}/logs`),
      await admin.post(`${path}/${id}/test`),
      await admin.post(`${path}/${id}/disable`),
      await admin.send('PUT', `${path}/${id}`, { name: 'x', configuration: {} }, { 'if-match': '*' }),
      await admin.delete(`${path}/${id}`, { 'if-match': '*' }),
    ])
      expectProblem(answer, 404);
    expect((await app.as('admin', app.globex).get(`${path}/${id}`)).body.status).toBe('INSTALLED');
  });

  it('of a connector that is gone can be read, disabled and uninstalled', async () => {
    const { id } = await addVault(admin);
    const bare = await createTestApp({ sharing: app });
    const client = bare.as('admin');
    expect((await client.get(`${path}/${id}`)).body.connector).toBe('vault');
    expect(problemIn(await client.post(`${path}/${id}/test`))).toEqual({ status: 409, code: 'app.connector-gone' });
    expect((await client.post(`${path}/${id}/disable`)).body.status).toBe('DISABLED');
    expect(problemIn(await client.post(`${path}/${id}/enable`)).code).toBe('app.connector-gone');
    expect((await client.delete(`${path}/${id}`, { 'if-match': '*' })).status).toBe(204);
    await bare.close();
  });

  it('keep their secrets out of logs, errors, audit rows, metrics and every table', async () => {
    const made = await addVault(admin, { mode: 'throws', pin: '7351' });
    await admin.post(`${path}/${made.id}/test`);
    await configure(made, { url, token, batch: 'x' });
    await install({});
    const answers = [
      await admin.get(`${path}/${made.id}`),
      await admin.get(path),
      await admin.get(`${path}/${made.id}/logs`),
      await admin.get('/api/v1/audit-logs?limit=200'),
      await admin.get('/metrics'),
    ];
    expect(answers.filter(({ text }) => text.includes(token))).toEqual([]);
    expect(app.logs()).not.toContain(token);
    const tables = await withClient(app.database.adminUrl, async (sql) => {
      const { rows } = await sql.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`,
      );
      const holding: string[] = [];
      for (const { name } of rows) {
        const found = await sql.query(`SELECT FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [token]);
        if (found.rowCount !== 0) holding.push(name);
      }
      return holding;
    });
    expect(tables).toEqual([]);
  });
});
