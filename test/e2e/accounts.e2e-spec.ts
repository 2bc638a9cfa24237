import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { SessionService } from '../../src/auth/sessions/session.service';
import { makeOpaqueToken } from '../../src/context/opaque-token';
import { runInContext } from '../../src/context/request-context';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { auditEntries, joinTenant } from '../support/members';
import { withClient } from '../support/open-database';
import { sessionClient } from '../support/open-session';
import { sharedCache } from '../support/shared-cache';
import { createTestApp, testPassword, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const me = '/api/v1/auth/me';
const login = '/api/v1/auth/login';
const good = 'trombone gravel 41 lantern';

describe('accounts', () => {
  let app: TestApp;
  /** A second instance on the same Redis. */
  let other: TestApp;

  beforeAll(async () => {
    const env = sharedCache();
    app = await createTestApp({ env });
    other = await createTestApp({ sharing: app, env });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const sql = (text: string, values: unknown[] = []) =>
    withClient(app.database.adminUrl, (client) => client.query<{ id: string }>(text, values));
  const logIn = (email: string, password: string, given: object = {}): Promise<ApiAnswer> =>
    app.anonymous().post(login, { email, password, ...given });
  const as = ({ body }: ApiAnswer, on = app): ApiClient => new ApiClient(on.url, String(body.accessToken));

  describe('change their password', () => {
    const path = '/api/v1/auth/password';

    it('with the current one; all their other sessions end, in every tenant and on every instance', async () => {
      await joinTenant(app, app.acme.userIds.manager, app.globex, 'viewer');
      const email = 'manager@acme.test';
      const here = await logIn(email, testPassword, { tenant: 'acme' });
      const others = [
        await logIn(email, testPassword, { tenant: 'acme' }),
        await logIn(email, testPassword, { tenant: 'globex' }),
      ];
      for (const session of others) expect((await as(session, other).get(me)).status).toBe(200);
      const change = { currentPassword: testPassword, newPassword: good };
      expect((await as(here, other).post(path, change)).status).toBe(204);
      for (const session of others) {
        for (const instance of [app, other]) expect((await as(session, instance).get(me)).status).toBe(401);
        const { refreshToken } = session.body;
        expect((await app.anonymous().post('/api/v1/auth/refresh', { refreshToken })).status).toBe(401);
      }
      expect((await as(here, other).get(me)).status).toBe(200);
      expect((await logIn(email, testPassword)).status).toBe(401);
      expect((await logIn(email, good)).status).toBe(200);
      expect((await auditEntries(app, app.acme, 'user.password-change')).at(-1)).toMatchObject({
        resourceId: app.acme.userIds.manager,
        details: {},
      });
      expect(await auditEntries(app, app.globex, 'session.revoke')).toHaveLength(1);
    });

    it('not without it, and nothing ends', async () => {
      const session = await logIn('analyst@acme.test', testPassword);
      const another = await logIn('analyst@acme.test', testPassword);
      const problem = expectProblem(await as(session).post(path, { currentPassword: 'wrong', newPassword: good }), 401);
      expect(problem['detail']).toBe('The current password is wrong.');
      expect((await as(another).get(me)).status).toBe(200);
      expect((await logIn('analyst@acme.test', testPassword)).status).toBe(200);
    });

    it.each([
      ['short', 'min-length'],
      ['Password2024!', 'guessable'],
      ['analyst@acme', 'guessable'],
      ['x'.repeat(201), 'max-length'],
    ])('not to %s: %s', async (newPassword, code) => {
      const answer = await app.as('analyst').post(path, { currentPassword: testPassword, newPassword });
      expect(expectProblem(answer, 422).errors).toEqual([expect.objectContaining({ pointer: '/newPassword', code })]);
    });

    it('once: of two at the same time one is too late', async () => {
      const email = 'viewer@globex.test';
      const attempt = (newPassword: string) =>
        app.as('viewer', app.globex).post(path, { currentPassword: testPassword, newPassword });
      const answers = await Promise.all([attempt(`${good} one`), attempt(`${good} two`)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
      const won = answers[0].status === 204 ? 'one' : 'two';
      expect((await logIn(email, `${good} ${won}`)).status).toBe(200);
    });

    it('while a login with the old one is on its way: it gets no session that outlives the change', async () => {
      const email = 'admin@globex.test';
      const session = await logIn(email, testPassword);
      const racing = Array.from({ length: 6 }, () => logIn(email, testPassword));
      const changed = as(session).post(path, { currentPassword: testPassword, newPassword: good });
      const answers = await Promise.all(racing);
      expect((await changed).status).toBe(204);
      for (const answer of answers) {
        if (answer.status === 200) expect((await as(answer).get(me)).status).toBe(401);
        else expect(answer.status).toBe(401);
      }
    });

    it('with sessions of the old one that are opened in the middle of it', async () => {
      const { id: tenantId, userIds, sessionIds } = app.globex;
      await withClient(app.database.adminUrl, async (client) => {
        const others = 'DELETE FROM sessions WHERE user_id = $1 AND id <> $2';
        await client.query(others, [userIds.analyst, sessionIds.analyst]);
        // Holds the change where the other sessions have ended and the password is still the old one: there are none, so
        // the first that it writes into the log is the change.
        await client.query('BEGIN');
        await client.query('LOCK TABLE audit_log IN EXCLUSIVE MODE');
        const change = { currentPassword: testPassword, newPassword: good };
        const changed = app.as('analyst', app.globex).post(path, change);
        const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        await until(async () => (await sql(waiting)).rowCount === 1);
        const meanwhile = await sessionClient(app.app, app.url, tenantId, userIds.analyst);
        expect((await meanwhile.get(me)).status).toBe(200);
        await client.query('COMMIT');
        expect((await changed).status).toBe(204);
        expect((await meanwhile.get(me)).status).toBe(401);
      });
    });

    it('so that a login which has verified the old one opens nothing', async () => {
      const { id: tenantId, userIds } = app.acme;
      const open = (passwordHash: string) =>
        runInContext({ requestId: 'test' }, () =>
          app.app.get(SessionService).open(userIds.admin, tenantId, { passwordHash }),
        );
      const { rows } = await sql('SELECT password_hash AS id FROM users WHERE id = $1', [userIds.admin]);
      expect(await open(String(rows[0]?.id))).toMatchObject({ tenant: { slug: 'acme' } });
      expect(await open(await hash('another password'))).toBeUndefined();
    });

    it('whichever way its letters are composed', async () => {
      const change = { currentPassword: testPassword, newPassword: 'ztichlý potok a lávka' };
      expect((await app.as('viewer').post(path, change)).status).toBe(204);
      const decomposed = 'ztichlý potok a lávka'.normalize('NFD');
      expect(decomposed).not.toBe(change.newPassword);
      expect((await logIn('viewer@acme.test', decomposed)).status).toBe(200);
    });
  });

  describe('register', () => {
    const path = '/api/v1/auth/register';
    const owner = (name: string) => ({
      ...{ email: `${name}@new.test`, name: 'Nora Newcomer', password: good },
      ...{ tenantName: name, tenantSlug: name },
    });

    it('nowhere unless that is switched on', async () => {
      expectProblem(await app.anonymous().post(path, owner('nobody')), 404);
      expect((await sql(`SELECT id FROM users WHERE email = 'nobody@new.test'`)).rows).toEqual([]);
    });

    describe('where it is open', () => {
      let open: TestApp;
      beforeAll(async () => {
        open = await createTestApp({ sharing: app, env: { AUTH_REGISTRATION: 'open' } });
      });
      afterAll(() => open.close());

      it('with a tenant of their own, whose Admin they are', async () => {
        const answer = await open.anonymous().post(path, owner('norden'));
        expect(answer.status).toBe(201);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const { body } = await as(answer, open).get(me);
        expect(body).toMatchObject({ email: 'norden@new.test', tenant: { slug: 'norden' }, role: { key: 'admin' } });
        expect((await as(answer, open).get('/api/v1/risks')).body.items).toEqual([]);
        expect(await auditEntries(app, { id: String(body.tenant.id) }, 'account.register')).toMatchObject([
          { actorId: body.id },
        ]);
      });

      it.each([
        ['a taken e-mail address', { email: 'ADMIN@acme.test' }, '/email'],
        ['a taken slug', { tenantSlug: 'acme' }, '/tenantSlug'],
      ])('not with %s, and leave nothing behind', async (_what, given, pointer) => {
        const count = async () => (await sql('SELECT id FROM users UNION ALL SELECT id FROM tenants')).rowCount;
        const before = await count();
        const { errors } = expectProblem(await open.anonymous().post(path, { ...owner('late'), ...given }), 409);
        expect(errors).toEqual([expect.objectContaining({ pointer })]);
        expect(await count()).toBe(before);
        expect((await logIn('admin@acme.test', testPassword)).status).toBe(200);
      });

      it.each([
        ['email', 'nobody'],
        ['tenantSlug', 'Not A Slug'],
        ['password', 'Norden2024!!'],
      ])('not with a bad %s', async (field, value) => {
        const { errors } = expectProblem(
          await open.anonymous().post(path, { ...owner('norden'), [field]: value }),
          422,
        );
        expect(errors).toEqual([expect.objectContaining({ pointer: `/${field}` })]);
      });

      it('once, of several at the same time', async () => {
        const attempts = Array.from({ length: 6 }, () => open.anonymous().post(path, owner('twice')));
        const statuses = (await Promise.all(attempts)).map(({ status }) => status).sort();
        expect(statuses).toEqual([201, 409, 409, 409, 409, 409]);
      });
    });
  });

  describe('accept invitations', () => {
    const path = '/api/v1/auth/invitations/accept';

    async function invite(email: string, days = 1): Promise<string> {
      const id = randomUUID();
      const { token, secretHash } = makeOpaqueToken('ori', app.acme.id, id);
      await sql(
        `INSERT INTO invitations (tenant_id, id, email, role_id, secret_hash, invited_by, expires_at)
         SELECT tenant_id, $2, $3, id, $4, $6, now() + $5::integer * interval '1 day'
           FROM roles WHERE tenant_id = $1 AND key = 'analyst'`,
        [app.acme.id, id, email, secretHash, days, app.acme.userIds.admin],
      );
      return token;
    }
    const accept = (body: object): Promise<ApiAnswer> => app.anonymous().post(path, body);

    it('as somebody new, with a name and a password', async () => {
      const token = await invite('nina@new.test');
      const answer = await accept({ token, password: good, name: 'Nina' });
      expect(answer.status).toBe(201);
      expect((await as(answer).get(me)).body).toMatchObject({
        ...{ email: 'nina@new.test', name: 'Nina', tenant: { slug: 'acme' }, role: { key: 'analyst' } },
      });
      expect((await logIn('nina@new.test', good)).status).toBe(200);
      expectProblem(await accept({ token, password: good, name: 'Nina' }), 404);
    });

    it('as somebody with an account, by its password and no other', async () => {
      const id = randomUUID();
      await sql(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'Otto@new.test', 'Otto', $2)`, [
        id,
        await hash(testPassword),
      ]);
      const token = await invite('otto@new.test');
      expectProblem(await accept({ token, password: good, name: 'Mallory' }), 401);
      const answer = await accept({ token, password: testPassword, name: 'Mallory' });
      expect(answer.status).toBe(201);
      expect((await as(answer).get(me)).body).toMatchObject({ id, name: 'Otto' });
    });

    it.each([
      ['without a name', {}, '/name'],
      ['with a password that is easy to guess', { name: 'Nina', password: 'Welcome12345' }, '/password'],
    ])('not %s, and the invitation stays open', async (_what, given, pointer) => {
      const token = await invite(`${randomUUID()}@new.test`);
      const { errors } = expectProblem(await accept({ token, password: good, ...given }), 422);
      expect(errors).toEqual([expect.objectContaining({ pointer })]);
      expect((await accept({ token, password: good, name: 'Nina' })).status).toBe(201);
    });

    it('not when they have expired, or are forged', async () => {
      const expired = await invite(`${randomUUID()}@new.test`, -1);
      const token = await invite(`${randomUUID()}@new.test`);
      for (const bad of [expired, token.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')), 'ori_x']) {
        expectProblem(await accept({ token: bad, password: good, name: 'Nina' }), 404);
      }
    });

    it('once, of several at the same time', async () => {
      const token = await invite('omar@new.test');
      const attempts = Array.from({ length: 6 }, () => accept({ token, password: good, name: 'Omar' }));
      const answers = await Promise.all(attempts);
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const { status } of answers) expect([201, 401, 404, 409]).toContain(status);
      expect((await sql(`SELECT id FROM users WHERE email = 'omar@new.test'`)).rowCount).toBe(1);
    });
  });
});
