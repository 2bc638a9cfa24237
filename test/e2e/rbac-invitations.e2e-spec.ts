import { randomUUID } from 'node:crypto';
import { addMember, roleId } from '../factories/access';
import { problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/rbac/invitations';

describe('invitations', () => {
  let app: TestApp;
  let admin: ApiClient;
  let analyst: string;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    analyst = await roleId(admin, 'analyst');
  });
  afterAll(() => app.close());

  const email = (): string => `${randomUUID()}@invited.test`;

  it('show their token once, and keep only what it hashes to', async () => {
    const address = email();
    const made = await admin.post(path, { email: address, roleId: analyst });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ email: address, status: 'OPEN', role: { key: 'analyst' } });
    expect(made.body.invitedBy).toEqual({ id: app.acme.userIds.admin, name: 'admin of acme' });
    const { token, id } = made.body as { token: string; id: string };
    expect(token).toMatch(/^ori_[0-9a-f]{64}_[\w-]{43}$/);
    const listed = await admin.get(`${path}?limit=200`);
    expect(listed.body.items).toContainEqual(expect.objectContaining({ id, status: 'OPEN' }));
    const secret = token.slice(-43);
    const kept = await withClient(app.database.adminUrl, async (sql) => {
      const { rows } = await sql.query<{ row: string }>('SELECT to_jsonb(i)::text AS row FROM invitations i');
      const log = await sql.query<{ row: string }>('SELECT to_jsonb(a)::text AS row FROM audit_log a');
      return JSON.stringify([rows, log.rows]);
    });
    for (const place of [listed.text, kept, app.logs()]) expect(place).not.toContain(secret);
  });

  it('are one per address until they are taken back', async () => {
    const address = email();
    const first = await admin.post(path, { email: address, roleId: analyst });
    const second = await admin.post(path, { email: address.toUpperCase(), roleId: analyst });
    expect(problemIn(second)).toEqual({ status: 409, code: 'rbac.invitation-open' });
    expect((await admin.delete(`${path}/${first.body.id}`)).status).toBe(204);
    expect((await admin.delete(`${path}/${first.body.id}`)).status).toBe(404);
    expect((await admin.post(path, { email: address, roleId: analyst })).status).toBe(201);
  });

  it('make way when they have expired', async () => {
    const address = email();
    const first = await admin.post(path, { email: address, roleId: analyst });
    await withClient(app.database.adminUrl, (sql) =>
      sql.query(`UPDATE invitations SET expires_at = now() WHERE id = $1`, [first.body.id]),
    );
    expect((await admin.get(`${path}?status=EXPIRED`)).body.items).toHaveLength(1);
    expect((await admin.post(path, { email: address, roleId: analyst })).status).toBe(201);
  });

  it('are not for members, and not for roles that there are not', async () => {
    const member = await admin.post(path, { email: 'VIEWER@acme.test', roleId: analyst });
    expect(problemIn(member)).toEqual({ status: 409, code: 'rbac.already-member' });
    expect((await admin.post(path, { email: 'admin@globex.test', roleId: analyst })).status).toBe(201);
    const nothing = await admin.post(path, { email: email(), roleId: randomUUID() });
    expect(nothing.body).toMatchObject({ status: 422, errors: [{ pointer: '/roleId', code: 'unknown-role' }] });
    expect((await admin.post(path, { email: 'x', roleId: analyst })).status).toBe(422);
  });

  it('are listed newest first, in pages', async () => {
    for (let count = 0; count < 3; count++) await admin.post(path, { email: email(), roleId: analyst });
    const whole = await admin.get(`${path}?limit=200&total=true`);
    const ids = whole.body.items.map(({ id }: { id: string }) => id);
    expect(whole.body.total).toBe(ids.length);
    const first = await admin.get(`${path}?limit=2`);
    const second = await admin.get(`${path}?limit=2&cursor=${first.body.page.nextCursor}`);
    const walked = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(walked).toEqual(ids.slice(0, 4));
  });

  it('of another tenant are not there', async () => {
    const { body } = await admin.post(path, { email: email(), roleId: analyst });
    const stranger = app.as('admin', app.globex);
    expect(problemIn(await stranger.delete(`${path}/${body.id}`))).toMatchObject({ status: 404 });
    expect((await stranger.get(path)).text).not.toContain(body.id);
    expect((await stranger.post(path, { email: email(), roleId: analyst })).status).toBe(422);
  });

  it('say who has left with null', async () => {
    const boss = await addMember(app, await roleId(admin, 'admin'));
    const { body } = await boss.client.post(path, { email: email(), roleId: analyst });
    await admin.delete(`/api/v1/rbac/users/${boss.id}`, { 'if-match': '*' });
    const { items } = (await admin.get(`${path}?status=REVOKED&limit=200`)).body;
    expect(items).toContainEqual(expect.objectContaining({ id: body.id, invitedBy: null }));
  });

  it('are for who may add members', async () => {
    expect((await app.as('manager').get(path)).body.permission).toBe('user:create');
    expect((await app.as('manager').post(path, { email: email(), roleId: analyst })).body.permission).toBe(
      'user:create',
    );
    expect((await app.anonymous().get(path)).status).toBe(401);
  });

  it('give nothing that their sender could not give any more', async () => {
    const admin = app.as('admin');
    const grants = ['user:create:tenant', 'audit:read:tenant'];
    const sender = await customMember(app, app.acme, grants);
    const role = { name: randomUUID(), level: 0, grants: [{ permission: 'audit:read', scope: 'tenant' }] };
    const { id: roleId } = (await admin.post('/api/v1/rbac/roles', role)).body;
    const invite = async () =>
      (await sender.client.post(path, { email: `${randomUUID()}@x.test`, roleId })).body.token as string;
    const [before, after] = [await invite(), await invite()];
    const accept = (token: string) =>
      app.anonymous().post('/api/v1/auth/invitations/accept', { token, name: 'M', password: 'kelp orbit saddle nine' });
    expect((await accept(before)).status).toBe(201);
    const narrowed = { grants: [{ permission: 'user:create', scope: 'tenant' }] };
    expect((await admin.patch(`/api/v1/rbac/roles/${sender.roleId}`, narrowed, { 'if-match': '*' })).status).toBe(200);
    expect((await accept(after)).status).toBe(404);
  });
});
