import { register } from 'prom-client';
import { SessionService } from '../../src/auth/sessions/session.service';
import { runAsActor, runInContext } from '../../src/context/request-context';
import { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { decode } from '../support/jwt';
import { auditEntries, joinTenant } from '../support/members';
import { withClient } from '../support/open-database';
import { sharedCache } from '../support/shared-cache';
import { createTestApp, testPassword, type TestApp } from '../support/test-app';

const login = '/api/v1/auth/login';
const refresh = '/api/v1/auth/refresh';
const sessions = '/api/v1/auth/sessions';
const me = '/api/v1/auth/me';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionExpiresAt: string;
  readonly tenant: { readonly slug: string };
}

describe('sessions', () => {
  let app: TestApp;
  /** A second instance on the same Redis. */
  let other: TestApp;

  beforeAll(async () => {
    const env = sharedCache();
    app = await createTestApp({ env });
    other = await createTestApp({ sharing: app, env });
    await joinTenant(app, app.acme.userIds.manager, app.globex, 'viewer');
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  async function logIn(email: string, given: object = {}): Promise<Tokens> {
    const answer = await app.anonymous().post(login, { email, password: testPassword, ...given });
    expect(answer.status).toBe(200);
    return answer.body as Tokens;
  }
  const as = (tokens: Pick<Tokens, 'accessToken'>, on = app): ApiClient => new ApiClient(on.url, tokens.accessToken);
  const sessionOf = ({ accessToken }: Tokens): string => String(decode(accessToken).payload['sid']);
  const refreshWith = (refreshToken: string) => app.anonymous().post(refresh, { refreshToken });
  const sql = (text: string, values: unknown[]) =>
    withClient(app.database.adminUrl, (client) => client.query(text, values));
  const refreshes = async (outcome: string): Promise<number> => {
    const line = (await register.metrics())
      .split('\n')
      .find((found) => found.startsWith(`openrisk_token_refreshes_total{outcome="${outcome}"}`));
    return Number(line?.split(' ').at(-1));
  };

  describe('are refreshed', () => {
    it('with a token that is good once and brings the next one, in the same session', async () => {
      const before = await refreshes('success');
      const first = await logIn('analyst@acme.test');
      const second = await refreshWith(first.refreshToken);
      expect(second.status).toBe(200);
      expect(second.headers.get('cache-control')).toBe('no-store');
      expect(second.body.refreshToken).not.toBe(first.refreshToken);
      expect(sessionOf(second.body)).toBe(sessionOf(first));
      expect((await as(second.body).get(me)).body).toMatchObject({ email: 'analyst@acme.test' });
      const third = await refreshWith(second.body.refreshToken as string);
      expect(third.status).toBe(200);
      expect((await refreshes('success')) - before).toBe(2);
    });

    it('never with one that was used: that ends the session, for thief and owner alike, and is written down', async () => {
      const before = await refreshes('reused');
      const first = await logIn('analyst@acme.test');
      const second = (await refreshWith(first.refreshToken)).body as Tokens;
      expect((await as(second, other).get(me)).status).toBe(200);
      expectProblem(await refreshWith(first.refreshToken), 401);
      for (const instance of [app, other]) {
        expect((await as(first, instance).get(me)).status).toBe(401);
        expect((await as(second, instance).get(me)).status).toBe(401);
      }
      expectProblem(await refreshWith(second.refreshToken), 401);
      expect((await refreshes('reused')) - before).toBe(1);
      expect(await auditEntries(app, app.acme, 'session.refresh-reuse')).toContainEqual(
        expect.objectContaining({
          outcome: 'DENIED',
          resourceId: sessionOf(first),
          actorId: app.acme.userIds.analyst,
        }),
      );
    });

    it('by exactly one of twenty that come at once, and the session ends', async () => {
      const { refreshToken, ...tokens } = await logIn('viewer@acme.test');
      const answers = await Promise.all(Array.from({ length: 20 }, () => refreshWith(refreshToken)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
      expect((await as(tokens).get(me)).status).toBe(401);
      expect((await as(won[0]!.body as Tokens).get(me)).status).toBe(401);
      expect((await refreshWith(won[0]!.body.refreshToken as string)).status).toBe(401);
    });

    it('until their absolute end and no longer', async () => {
      const tokens = await logIn('viewer@acme.test');
      await sql(`UPDATE sessions SET created_at = now() - interval '29 days 23 hours' WHERE id = $1`, [
        sessionOf(tokens),
      ]);
      const { body } = await refreshWith(tokens.refreshToken);
      const left = Date.parse(body.sessionExpiresAt as string) - Date.now();
      expect(left).toBeGreaterThan(50 * 60_000);
      expect(left).toBeLessThan(61 * 60_000);
      await sql(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1`, [sessionOf(tokens)]);
      expect((await refreshWith(body.refreshToken as string)).status).toBe(401);
      expect((await as(body as Tokens).get(me)).status).toBe(401);
    });

    it.each([
      ['nothing of ours', () => 'abc'],
      ['another kind of token', async () => (await logIn('viewer@acme.test')).refreshToken.replace('orr', 'ork')],
      [
        'the secret of another session',
        async () => swapSecret(await logIn('viewer@acme.test'), await logIn('admin@acme.test')),
      ],
      [
        'a secret one letter off',
        async () => (await logIn('viewer@acme.test')).refreshToken.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')),
      ],
      [
        'another tenant',
        async () => (await logIn('viewer@acme.test')).refreshToken.replace(hex(app.acme.id), hex(app.globex.id)),
      ],
    ])('not with %s, which ends nothing', async (_what, token) => {
      const problem = expectProblem(await refreshWith(await token()), 401);
      expect(problem).toMatchObject({ code: 'auth.unauthenticated' });
      expect((await app.as('admin').get(me)).status).toBe(200);
    });

    it('not for an account, a membership or a tenant that is closed meanwhile', async () => {
      const closings = [
        [`UPDATE users SET status = 'DISABLED' WHERE id = $1`, `UPDATE users SET status = 'ACTIVE' WHERE id = $1`],
        [
          `UPDATE memberships SET status = 'DISABLED' WHERE user_id = $1`,
          `UPDATE memberships SET status = 'ACTIVE' WHERE user_id = $1`,
        ],
      ] as const;
      const userId = app.globex.userIds.analyst;
      for (const [close, open] of closings) {
        const { refreshToken } = await logIn('analyst@globex.test');
        await sql(close, [userId]);
        expect((await refreshWith(refreshToken)).status).toBe(401);
        await sql(open, [userId]);
        expect((await refreshWith(refreshToken)).status).toBe(200);
      }
    });
  });

  describe('end', () => {
    it('with a logout: nothing of them is good any more, on any instance', async () => {
      const tokens = await logIn('viewer@globex.test');
      expect((await as(tokens, other).get(me)).status).toBe(200);
      expect((await as(tokens, other).post('/api/v1/auth/logout')).status).toBe(204);
      for (const instance of [app, other]) expect((await as(tokens, instance).get(me)).status).toBe(401);
      expect((await refreshWith(tokens.refreshToken)).status).toBe(401);
      expect((await auditEntries(app, app.globex, 'session.revoke')).at(-1)).toMatchObject({
        resourceId: sessionOf(tokens),
        actorId: app.globex.userIds.viewer,
      });
    });

    it('one by one, in whichever tenant, seen from any', async () => {
      const here = await logIn('manager@acme.test', { tenant: 'acme' });
      const there = await logIn('manager@acme.test', { tenant: 'globex' });
      expect((await as(there, other).get(me)).body).toMatchObject({
        tenant: { slug: 'globex' },
        role: { key: 'viewer' },
      });
      const { body: list } = await as(here).get(`${sessions}?total=true`);
      const items = list.items as { id: string; current: boolean; tenant: { slug: string } }[];
      expect(list.total).toBe(items.length);
      expect(items.filter(({ current }) => current).map(({ id }) => id)).toEqual([sessionOf(here)]);
      expect(items.find(({ id }) => id === sessionOf(there))).toMatchObject({ tenant: { slug: 'globex' } });

      expect((await as(here, other).delete(`${sessions}/${sessionOf(there)}`)).status).toBe(204);
      expect((await as(there, other).get(me)).status).toBe(401);
      expectProblem(await as(here).delete(`${sessions}/${sessionOf(there)}`), 404);
      expect((await as(here).get(me)).status).toBe(200);
      expect(await auditEntries(app, app.globex, 'session.revoke')).toContainEqual(
        expect.objectContaining({ resourceId: sessionOf(there), sessionId: sessionOf(here) }),
      );
    });

    it("but nobody else's", async () => {
      const victim = await logIn('admin@acme.test');
      expectProblem(await app.as('analyst').delete(`${sessions}/${sessionOf(victim)}`), 404);
      expect((await as(victim).get(me)).status).toBe(200);
      const { text } = await app.as('analyst').get(`${sessions}?limit=200`);
      expect(text).not.toContain(sessionOf(victim));
    });

    it('all but the one that asks, in every tenant', async () => {
      const kept = await logIn('manager@acme.test', { tenant: 'acme' });
      const ended = [
        await logIn('manager@acme.test', { tenant: 'acme' }),
        await logIn('manager@acme.test', { tenant: 'globex' }),
      ];
      for (const tokens of ended) expect((await as(tokens, other).get(me)).status).toBe(200);
      expect((await as(kept, other).delete(sessions)).status).toBe(204);
      for (const tokens of ended) expect((await as(tokens, other).get(me)).status).toBe(401);
      const { body } = await as(kept).get(sessions);
      expect((body.items as { id: string }[]).map(({ id }) => id)).toEqual([sessionOf(kept)]);
      expect((await app.as('analyst').get(me)).status).toBe(200);
    });

    it('with them the one that is just switching to another tenant', async () => {
      const [kept, switching] = [await logIn('manager@acme.test'), await logIn('manager@acme.test')];
      const userId = app.acme.userIds.manager;
      const sessionService = app.app.get(SessionService);
      const ended = await runInContext({ requestId: 'test' }, () =>
        runAsActor({ userId, tenantId: app.acme.id, sessionId: sessionOf(switching) }, () =>
          sessionService.endCurrent(),
        ),
      );
      expect((await as(kept).delete(sessions)).status).toBe(204);
      const followed = await runInContext({ requestId: 'test' }, () =>
        sessionService.open(userId, app.globex.id, { epoch: ended!.epoch }),
      );
      expect(followed).toBeUndefined();
      expect((await as(kept).post('/api/v1/auth/switch-tenant', { tenant: 'globex' })).status).toBe(200);
    });

    it('by the hundred and first, which ends the one that was unused for longest', async () => {
      const { id: tenantId, userIds } = app.globex;
      const first = await logIn('viewer@globex.test');
      await sql(`UPDATE sessions SET last_used_at = now() - interval '1 day' WHERE id = $1`, [sessionOf(first)]);
      expect((await as(first).get(me)).status).toBe(200);
      await sql(
        `INSERT INTO sessions (tenant_id, id, user_id, expires_at)
         SELECT $1, gen_random_uuid(), $2, now() + interval '1 day' FROM generate_series(1, 98)`,
        [tenantId, userIds.viewer],
      );
      const last = await logIn('viewer@globex.test');
      for (const instance of [app, other]) {
        expect((await as(first, instance).get(me)).status).toBe(401);
        expect((await as(last, instance).get(me)).status).toBe(200);
      }
    });

    it('and are removed by later logins', async () => {
      const tokens = await logIn('viewer@acme.test');
      await as(tokens).post('/api/v1/auth/logout');
      await logIn('viewer@acme.test');
      const { rowCount } = await sql('SELECT FROM sessions WHERE id = $1', [sessionOf(tokens)]);
      expect(rowCount).toBe(0);
      expect((await as(tokens, other).get(me)).status).toBe(401);
    });
  });

  it('say where they come from, and are listed in pages', async () => {
    const agent = `curl/8 ${'x'.repeat(400)}`;
    for (let count = 0; count < 3; count++) {
      const body = { email: 'admin@globex.test', password: testPassword };
      expect((await app.anonymous().post(login, body, { 'user-agent': agent })).status).toBe(200);
    }
    const admin = app.as('admin', app.globex);
    const { body: first } = await admin.get(`${sessions}?limit=2`);
    const { body: second } = await admin.get(`${sessions}?limit=2&cursor=${first.page.nextCursor}`);
    const items = [...first.items, ...second.items] as { id: string; address: string; userAgent: string }[];
    expect(new Set(items.map(({ id }) => id)).size).toBe(4);
    expect(items[0]).toMatchObject({ address: '127.0.0.1', userAgent: agent.slice(0, 300) });
  });

  describe('switch to another tenant', () => {
    it('by ending here and opening there', async () => {
      const here = await logIn('manager@acme.test', { tenant: 'acme' });
      expect((await as(here, other).get(me)).body.role.key).toBe('manager');
      const answer = await as(here, other).post('/api/v1/auth/switch-tenant', { tenant: 'globex' });
      expect(answer.status).toBe(200);
      expect((await as(answer.body as Tokens).get(me)).body).toMatchObject({
        tenant: { slug: 'globex' },
        role: { key: 'viewer' },
      });
      for (const instance of [app, other]) expect((await as(here, instance).get(me)).status).toBe(401);
      expect((await refreshWith(here.refreshToken)).status).toBe(401);
      expect((await refreshWith(answer.body.refreshToken as string)).status).toBe(200);
    });

    it('only where one is a member, and stay as they are otherwise', async () => {
      const viewer = await logIn('viewer@acme.test');
      for (const tenant of ['globex', 'nowhere', 'ACME']) {
        expectProblem(await as(viewer).post('/api/v1/auth/switch-tenant', { tenant }), 404);
      }
      expect((await as(viewer).get(me)).status).toBe(200);
    });

    it('once: of several at the same time one gets a new session', async () => {
      const here = await logIn('manager@acme.test', { tenant: 'acme' });
      const attempts = Array.from({ length: 6 }, () =>
        as(here).post('/api/v1/auth/switch-tenant', { tenant: 'globex' }),
      );
      const statuses = (await Promise.all(attempts)).map(({ status }) => status).sort();
      expect(statuses).toEqual([200, 401, 401, 401, 401, 401]);
    });
  });

  describe('in a tenant that is', () => {
    const setStatus = (status: string) =>
      sql(`UPDATE tenants SET status = $2, deleted_at = CASE $2 WHEN 'DELETED' THEN now() END WHERE id = $1`, [
        app.globex.id,
        status,
      ]);
    const tryAs = (email: string) => app.anonymous().post(login, { email, password: testPassword });
    afterEach(() => setStatus('ACTIVE'));

    it('suspended: are opened, refreshed and left, and see nothing', async () => {
      await setStatus('SUSPENDED');
      const tokens = await logIn('analyst@globex.test');
      const refreshed = (await refreshWith(tokens.refreshToken)).body as Tokens;
      expect(expectProblem(await as(refreshed).get('/api/v1/risks'), 403).code).toBe('tenant.suspended');
      expect((await as(refreshed).post('/api/v1/auth/logout')).status).toBe(204);
    });

    it('deleted: are opened and refreshed for its Admins alone', async () => {
      const before = await logIn('analyst@globex.test');
      await setStatus('DELETED');
      expectProblem(await tryAs('analyst@globex.test'), 401);
      expectProblem(await refreshWith(before.refreshToken), 401);
      const admin = await logIn('admin@globex.test');
      expect((await refreshWith(admin.refreshToken)).status).toBe(200);
      expect(expectProblem(await as(admin).get('/api/v1/risks'), 403).code).toBe('tenant.deleted');
    });

    it('closed, while another one is open: the open one is entered when none is named', async () => {
      await setStatus('SUSPENDED');
      await joinTenant(app, app.globex.userIds.viewer, app.acme, 'viewer');
      expect((await logIn('viewer@globex.test')).tenant.slug).toBe('acme');
    });
  });

  it('write down who logged in, and who failed to', async () => {
    const tokens = await logIn('admin@acme.test');
    expect((await auditEntries(app, app.acme, 'session.create')).at(-1)).toMatchObject({
      ...{ outcome: 'SUCCESS', resource: 'session', resourceId: sessionOf(tokens) },
      ...{ actorId: app.acme.userIds.admin, sessionId: sessionOf(tokens) },
    });
    await app.anonymous().post(login, { email: 'admin@acme.test', password: 'wrong' });
    let failures: unknown[] = [];
    while (failures.length === 0) {
      const entries = await auditEntries(app, app.acme, 'session.create');
      failures = entries.filter(
        ({ outcome, resourceId }) => outcome === 'FAILURE' && resourceId === app.acme.userIds.admin,
      );
    }
    expect(failures).toEqual([expect.objectContaining({ actorId: null, details: { reason: 'password' } })]);
  });
});

const hex = (id: string): string => id.replaceAll('-', '');

function swapSecret(one: Tokens, other: Tokens): string {
  return one.refreshToken.slice(0, -43) + other.refreshToken.slice(-43);
}
