import { randomBytes } from 'node:crypto';
import { addRisk } from '../factories/risk';
import { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { auditEntries } from '../support/members';
import { withClient } from '../support/open-database';
import { sharedCache } from '../support/shared-cache';
import { createTestApp, testPassword, type TestApp, type TestTenant } from '../support/test-app';
import { until } from '../support/until';

const tokens = '/api/v1/auth/tokens';
const me = '/api/v1/auth/me';
const risks = '/api/v1/risks';

interface Created {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

describe('API tokens', () => {
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

  type Role = Parameters<TestApp['as']>[0];
  async function make(role: Role, request: object = {}, tenant?: TestTenant): Promise<Created> {
    const answer = await app.as(role, tenant).post(tokens, { name: 'Nightly export', ...request });
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 201 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return answer.body as Created;
  }
  const using = ({ token }: { token: string }, on = app): ApiClient => new ApiClient(on.url, token);
  const sql = (text: string, values: unknown[]) =>
    withClient(app.database.adminUrl, (client) => client.query<{ seen: Date | null }>(text, values));

  it('act for their owner, in their tenant, until they are revoked: then on no instance', async () => {
    const created = await make('analyst');
    expect(created.token).toMatch(/^ork_[0-9a-f]{64}_[\w-]{43}$/);
    const days = (Date.parse(created.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(90, 1);
    for (const instance of [app, other]) {
      expect((await using(created, instance).get(me)).body).toMatchObject({
        id: app.acme.userIds.analyst,
        tenant: { slug: 'acme' },
        role: { key: 'analyst' },
      });
    }
    await addRisk(using(created));
    expect((await app.as('analyst').delete(`${tokens}/${created.id}`)).status).toBe(204);
    for (const instance of [app, other]) expectProblem(await using(created, instance).get(me), 401);
    expectProblem(await app.as('analyst').delete(`${tokens}/${created.id}`), 404);
    for (const action of ['api-token.create', 'api-token.revoke']) {
      expect((await auditEntries(app, app.acme, action)).at(-1)).toMatchObject({
        resourceId: created.id,
        actorId: app.acme.userIds.analyst,
      });
    }
  });

  it('show their secret once, and only what it hashes to is stored', async () => {
    const { token, id } = await make('viewer');
    const secret = token.slice(-43);
    const list = await app.as('viewer').get(tokens);
    expect(list.body.items).toEqual([expect.objectContaining({ id, name: 'Nightly export', grants: null })]);
    expect(list.text).not.toContain(secret);
    const { rows } = await sql(
      'SELECT t::text FROM api_tokens t WHERE id = $1 UNION ALL SELECT l::text FROM audit_log l',
      [id],
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(app.logs()).not.toContain(secret);
  });

  describe('narrowed to a few grants', () => {
    const grants = [{ permission: 'risk:read', scope: 'tenant' }];

    it('may do these, of what their owner may do, and nothing else', async () => {
      const narrowed = await make('admin', { grants });
      expect((await using(narrowed).get(risks)).status).toBe(200);
      expect((await using(narrowed).get(me)).body.grants).toEqual(grants);
      const risk = { title: 'no', probability: 1, impact: 1 };
      expect(expectProblem(await using(narrowed).post(risks, risk), 403)).toMatchObject({ permission: 'risk:create' });
    });

    it('never widen: what their owner loses they lose, on the next request', async () => {
      const { userIds, id: tenantId } = app.globex;
      const narrowed = await make('analyst', { grants: [{ permission: 'risk:create', scope: 'tenant' }] }, app.globex);
      const create = () => using(narrowed).post(risks, { title: 't', probability: 1, impact: 1 });
      expect((await create()).status).toBe(201);
      await sql(
        `UPDATE memberships m SET role_id = r.id FROM roles r
          WHERE m.tenant_id = $1 AND m.user_id = $2 AND r.tenant_id = $1 AND r.key = 'viewer'`,
        [tenantId, userIds.analyst],
      );
      // Past the application, so past its caches: an instance without any.
      const fresh = await createTestApp({ sharing: app, env: { CACHE_STORE: 'none' } });
      const body = { title: 't', probability: 1, impact: 1 };
      expectProblem(await new ApiClient(fresh.url, narrowed.token).post(risks, body), 403);
      await fresh.close();
    });

    it.each([
      ['a permission that one lacks', [{ permission: 'user:read', scope: 'own' }], 403],
      ['a scope beyond one’s own', [{ permission: 'audit:read', scope: 'tenant' }], 403],
      ['a permission that there is not', [{ permission: 'risk:fly', scope: 'own' }], 422],
      ['a permission twice', [...grants, { permission: 'risk:read', scope: 'own' }], 422],
      ['nothing', [], 422],
    ])('cannot be made with %s', async (_what, given, status) => {
      expectProblem(await app.as('analyst').post(tokens, { name: 'n', grants: given }), status);
    });
  });

  it.each([0, 366, 1.5, -1, '90'])('cannot end after %p days', async (expiresInDays) => {
    const { errors } = expectProblem(await app.as('viewer').post(tokens, { name: 'n', expiresInDays }), 422);
    expect(errors).toEqual([expect.objectContaining({ pointer: '/expiresInDays' })]);
  });

  it('are over when their time is, however hot the cache', async () => {
    const created = await make('manager');
    const { rows } = await sql(
      `UPDATE api_tokens SET expires_at = now() + interval '700 ms' WHERE id = $1 RETURNING expires_at AS seen`,
      [created.id],
    );
    expect((await using(created, other).get(me)).status).toBe(200);
    await until(async () => (await using(created, other).get(me)).status === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(rows[0]?.seen?.getTime() ?? Infinity);
  });

  it('say when they were used, once a minute at most and never in the way', async () => {
    const created = await make('manager');
    const seen = async () =>
      (await sql('SELECT last_used_at AS seen FROM api_tokens WHERE id = $1', [created.id])).rows[0]?.seen;
    expect(await seen()).toBeNull();
    await using(created).get(me);
    await until(async () => (await seen()) instanceof Date);
    const first = await seen();
    await sql(`UPDATE api_tokens SET last_used_at = last_used_at - interval '30 seconds' WHERE id = $1`, [created.id]);
    await using(created).get(me);
    await using(created, other).get(me);
    expect((await seen())?.getTime()).toBe((first?.getTime() ?? 0) - 30_000);
    expect((await app.as('manager').get(tokens)).body.items[0]).toMatchObject({ lastUsedAt: expect.any(String) });
  });

  it('cannot do what needs a login', async () => {
    const created = await make('admin');
    const id = '01890a5d-ac96-774b-bcce-000000000000';
    const attempts: [string, string, object?][] = [
      ['POST', tokens, { name: 'longer life' }],
      ['GET', tokens],
      ['DELETE', `${tokens}/${created.id}`],
      ['GET', '/api/v1/auth/sessions'],
      ['DELETE', '/api/v1/auth/sessions'],
      ['DELETE', `/api/v1/auth/sessions/${id}`],
      ['POST', '/api/v1/auth/switch-tenant', { tenant: 'acme' }],
      ['POST', '/api/v1/auth/logout'],
      ['POST', '/api/v1/auth/password', { currentPassword: testPassword, newPassword: 'trombone gravel 41 lantern' }],
    ];
    for (const [method, path, body] of attempts) {
      const problem = expectProblem(await using(created).send(method, path, body), 403);
      expect({ path, code: problem['code'] }).toEqual({ path, code: 'auth.session-required' });
    }
    expect((await app.as('admin').get(me)).status).toBe(200);
  });

  it("are nobody else's to see or revoke", async () => {
    const { id } = await make('analyst');
    for (const stranger of [app.as('admin'), app.as('analyst', app.globex)]) {
      expect((await stranger.get(`${tokens}?limit=200`)).text).not.toContain(id);
      expectProblem(await stranger.delete(`${tokens}/${id}`), 404);
    }
  });

  it('are fifty at most', async () => {
    await sql(
      `INSERT INTO api_tokens (tenant_id, id, user_id, name, secret_hash, expires_at)
       SELECT $1, gen_random_uuid(), $2, 'many', $3, now() + interval '1 day' FROM generate_series(1, 49)`,
      [app.globex.id, app.globex.userIds.viewer, randomBytes(32)],
    );
    const viewer = app.as('viewer', app.globex);
    const atOnce = await Promise.all([1, 2, 3, 4, 5].map(() => viewer.post(tokens, { name: 'one more' })));
    expect(atOnce.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const { body } = await app.as('viewer', app.globex).get(`${tokens}?limit=20&total=true`);
    expect([body.total, body.items.length]).toEqual([50, 20]);
  });

  describe('are refused with 401', () => {
    const hex = (id: string): string => id.replaceAll('-', '');
    const swap = (token: string, from: string, to: string): string => token.replace(hex(from), hex(to));
    it.each<[string, (created: Created, another: Created) => string]>([
      ['another secret', ({ token }, another) => token.slice(0, -43) + another.token.slice(-43)],
      ['a secret one letter off', ({ token }) => token.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))],
      ['the id of another token', ({ token, id }, another) => swap(token, id, another.id)],
      ['another tenant', ({ token }) => swap(token, app.acme.id, app.globex.id)],
      ['no secret', ({ token }) => token.slice(0, -43)],
      ['its kind in capitals', ({ token }) => token.replace('ork', 'ORK')],
      ['the hash instead of the secret', ({ token }) => token.slice(0, -43) + randomBytes(32).toString('base64url')],
    ])('with %s', async (_what, forge) => {
      const [created, another] = [await make('manager'), await make('admin')];
      expect((await using(created).get(me)).status).toBe(200);
      expectProblem(await using({ token: forge(created, another) }).get(me), 401);
    });

    it('in a large upload before it is read', async () => {
      const client = using({ token: `ork_${'0'.repeat(64)}_${'A'.repeat(43)}` });
      const answer = await client.send('POST', `${risks}/import`, 'title\n', { 'content-type': 'text/csv' });
      expectProblem(answer, 401);
      const imported = await using(await make('analyst')).send(
        'POST',
        `${risks}/import?dryRun=true`,
        'title,probability,impact\na,1,1\n',
        {
          'content-type': 'text/csv',
        },
      );
      expect(imported.status).toBe(200);
    });
  });
});
