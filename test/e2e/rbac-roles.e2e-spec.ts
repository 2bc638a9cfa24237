import type { ApiClient } from '../support/api-client';
import { addMember, addRole, grantOf, roleId, type GrantText } from '../factories/access';
import { ifVersion, problemIn } from '../factories/risk';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const path = '/api/v1/rbac/roles';

describe('roles', () => {
  let app: TestApp;
  let admin: ApiClient;
  let adminRole: string;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    adminRole = await roleId(admin, 'admin');
  });
  afterAll(() => app.close());

  it('are made, shown, changed and deleted', async () => {
    const grants = [grantOf('risk:read'), grantOf('risk:update:team')];
    const made = await admin.post(path, { name: 'Reviewer', description: 'Reads', level: 3, grants });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ key: null, predefined: false, level: 3, grants, memberCount: 0, version: 1 });
    const place = made.headers.get('location') ?? '';
    for (let again = 0; again < 2; again++) expect((await admin.get(place)).body).toEqual(made.body);
    expect((await admin.get(`${path}?q=Reviewer`)).body.items).toEqual([made.body]);

    const changed = await admin.patch(place, { name: 'Reader', grants: [grantOf('risk:read')] }, ifVersion(1));
    expect(changed.body).toMatchObject({ name: 'Reader', description: 'Reads', level: 3, version: 2 });
    expect((await admin.get(place)).body).toEqual(changed.body);
    expect((await admin.get(`${path}?q=Reviewer`)).body.items).toEqual([]);
    expect((await admin.get(`${place}/permissions`)).body).toEqual({ items: [grantOf('risk:read')] });
    expect((await admin.delete(place, ifVersion(1))).status).toBe(412);
    expect((await admin.delete(place, ifVersion(2))).status).toBe(204);
    expect((await admin.get(place)).status).toBe(404);
  });

  it('gain and lose single permissions', async () => {
    const { id } = await addRole(admin, 0, ['risk:read:own']);
    const wider = await admin.post(`${path}/${id}/permissions`, grantOf('risk:read'));
    expect(wider.body).toMatchObject({ grants: [grantOf('risk:read')], version: 2 });
    await admin.post(`${path}/${id}/permissions`, grantOf('asset:read'));
    expect((await admin.delete(`${path}/${id}/permissions/risk:read`)).status).toBe(204);
    expect((await admin.get(`${path}/${id}/permissions`)).body.items).toEqual([grantOf('asset:read')]);
    for (const unknown of ['risk:read', 'nonsense', '__proto__']) {
      expect((await admin.delete(`${path}/${id}/permissions/${unknown}`)).status).toBe(404);
    }
  });

  it('count in the next request of those who have them', async () => {
    const role = await addRole(admin, 0, ['risk:read']);
    const member = await addMember(app, role.id);
    const asked = (): Promise<number> => member.client.get('/api/v1/risks').then(({ status }) => status);
    expect(await asked()).toBe(200);
    await admin.delete(`${path}/${role.id}/permissions/risk:read`);
    expect(await asked()).toBe(403);
    await admin.post(`${path}/${role.id}/permissions`, grantOf('risk:read'));
    expect(await asked()).toBe(200);
    expect((await admin.get(`${path}/${role.id}`)).body.memberCount).toBe(1);
  });

  it('are listed with the predefined ones first, in pages', async () => {
    const first = await admin.get(`${path}?limit=3&total=true`);
    expect(first.body.items.map(({ key }: { key: string }) => key)).toEqual(['viewer', 'analyst', 'manager']);
    const second = await admin.get(`${path}?limit=200&cursor=${first.body.page.nextCursor}`);
    expect(second.body.items[0].key).toBe('admin');
    expect(first.body.total).toBe(3 + (second.body.items as unknown[]).length);
    const own = await admin.get(`${path}?predefined=false&limit=200`);
    expect(own.body.items.every(({ predefined }: { predefined: boolean }) => !predefined)).toBe(true);
    expect((await admin.get(`${path}?q=ANALY`)).body.items).toHaveLength(1);
  });

  it('that are predefined stay as they are', async () => {
    for (const attempt of [
      admin.patch(`${path}/${adminRole}`, { name: 'Boss' }, ifVersion(1)),
      admin.delete(`${path}/${adminRole}`, ifVersion(1)),
      admin.post(`${path}/${adminRole}/permissions`, grantOf('risk:read:own')),
      admin.delete(`${path}/${adminRole}/permissions/risk:read`),
    ]) {
      expect(problemIn(await attempt)).toEqual({ status: 409, code: 'rbac.predefined-role' });
    }
  });

  it.each(['Admin', 'ADMIN', ' admin ', 'Ａｄｍｉｎ', 'ａｄｍｉｎ', 'ⓐdmin', 'Viewer', 'MANAGER'])(
    'cannot be called %j',
    async (name) => {
      const made = await admin.post(path, { name, level: 0, grants: [] });
      expect(problemIn(made)).toEqual({ status: 409, code: 'rbac.reserved-role-name' });
      const { id } = await addRole(admin, 0, []);
      expect((await admin.patch(`${path}/${id}`, { name }, ifVersion(1))).status).toBe(409);
    },
  );

  it('have names of their own, whatever the form of the letters', async () => {
    await addRole(admin, 0, [], 'Oﬃce');
    for (const name of ['Oﬃce', 'OFFICE', 'ｏffice']) {
      const again = await admin.post(path, { name, level: 0, grants: [] });
      expect(problemIn(again)).toEqual({ status: 409, code: 'rbac.role-name-taken' });
    }
    expect((await app.as('admin', app.globex).post(path, { name: 'Office', level: 0, grants: [] })).status).toBe(201);
  });

  it('are not deleted while somebody has them or is invited to them', async () => {
    const role = await addRole(admin, 0, []);
    await addMember(app, role.id);
    await admin.post('/api/v1/rbac/invitations', { email: 'office@x.test', roleId: role.id });
    const refused = await admin.delete(`${path}/${role.id}`, ifVersion(1));
    expect(refused.body).toMatchObject({ status: 409, code: 'rbac.role-in-use', members: 1, invitations: 1 });
  });

  it('are deleted when only invitations that are over name them', async () => {
    const role = await addRole(admin, 0, []);
    const { body } = await admin.post('/api/v1/rbac/invitations', { email: 'gone@x.test', roleId: role.id });
    expect((await admin.delete(`/api/v1/rbac/invitations/${body.id}`)).status).toBe(204);
    expect((await admin.delete(`${path}/${role.id}`, ifVersion(1))).status).toBe(204);
  });

  it('let one of two changes of the same version win', async () => {
    const { id } = await addRole(admin, 0, []);
    const names = ['One of two', 'Two of two'];
    const answers = await Promise.all(names.map((name) => admin.patch(`${path}/${id}`, { name }, ifVersion(1))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await admin.get(`${path}/${id}`)).body.version).toBe(2);
  });

  it.each<[string, object, string]>([
    ['a level in between', { level: 4 }, '/level'],
    ['a level as text', { level: '3' }, '/level'],
    ['an unknown permission', { grants: [{ permission: 'risk:fly', scope: 'tenant' }] }, '/grants/0/permission'],
    ['an unknown scope', { grants: [{ permission: 'risk:read', scope: 'world' }] }, '/grants/0/scope'],
    ['a permission twice', { grants: [grantOf('risk:read'), grantOf('risk:read:own')] }, '/grants/1/permission'],
    ['a part of what belongs to nobody', { grants: [grantOf('role:read:own')] }, '/grants/0/scope'],
    ['a blank name', { name: '  ' }, '/name'],
    ['a key', { key: 'admin' }, '/key'],
  ])('refuse %s with 422', async (_what, given, pointer) => {
    const answer = await admin.post(path, { name: 'Odd', level: 0, grants: [], ...given });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  describe('let nobody give more than they have:', () => {
    const helpers: GrantText[] = [
      'role:read',
      'role:create',
      'role:update',
      'role:delete',
      'risk:read',
      'risk:update:team',
    ];
    let helper: ApiClient;
    let ownRole: string;

    beforeAll(async () => {
      ownRole = (await addRole(admin, 3, helpers)).id;
      helper = (await addMember(app, ownRole)).client;
    });

    it.each<[string, object, object]>([
      ['a permission that they lack', { grants: [grantOf('risk:delete:own')] }, { permission: 'risk:delete' }],
      ['a wider scope', { grants: [grantOf('risk:update')] }, { permission: 'risk:update' }],
      ['a higher level', { level: 6 }, { code: 'rbac.above-own-level', level: 6, ownLevel: 3 }],
    ])('%s', async (_what, given, problem) => {
      const made = await helper.post(path, { name: 'Too much', level: 3, grants: [], ...given });
      expect(made.body).toMatchObject({ status: 403, ...problem });
      const { id } = await addRole(helper, 0, []);
      const changed = await helper.patch(`${path}/${id}`, given, ifVersion(1));
      expect(changed.body).toMatchObject({ status: 403, ...problem });
    });

    it('single permissions neither', async () => {
      const { id } = await addRole(helper, 0, ['risk:update:own']);
      const answer = await helper.post(`${path}/${id}/permissions`, grantOf('risk:update'));
      expect(answer.body).toMatchObject({ status: 403, permission: 'risk:update' });
      expect((await helper.post(`${path}/${id}/permissions`, grantOf('risk:update:team'))).status).toBe(200);
    });

    it('in their own role', async () => {
      const narrower = await helper.patch(`${path}/${ownRole}`, { grants: [] }, ifVersion(1));
      expect(problemIn(narrower)).toEqual({ status: 403, code: 'rbac.own-access' });
      expect(problemIn(await helper.post(`${path}/${ownRole}/permissions`, grantOf('risk:read')))).toMatchObject({
        status: 403,
      });
    });

    it('in a role above theirs, not even less', async () => {
      const { id } = await addRole(admin, 6, ['risk:read']);
      for (const attempt of [
        helper.patch(`${path}/${id}`, { description: 'mine' }, ifVersion(1)),
        helper.delete(`${path}/${id}/permissions/risk:read`),
        helper.delete(`${path}/${id}`, ifVersion(1)),
      ]) {
        expect(problemIn(await attempt)).toEqual({ status: 403, code: 'rbac.above-own-level' });
      }
    });

    it('with rights that they have lost while they waited for their turn', async () => {
      const role = await addRole(admin, 3, ['role:create', 'role:read', 'risk:read']);
      const late = await addMember(app, role.id);
      const answer = await withClient(app.database.adminUrl, async (sql) => {
        await sql.query('BEGIN');
        const key = `openrisk access ${app.acme.id}`;
        await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
        const asked = late.client.post(path, { name: 'Too late', level: 0, grants: [] });
        const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
        await until(async () => (await sql.query(waiting)).rowCount === 1);
        await sql.query(`UPDATE roles SET permissions = '{role:read:tenant}' WHERE id = $1`, [role.id]);
        await sql.query('COMMIT');
        return asked;
      });
      expect(answer.body).toMatchObject({ status: 403, permission: 'role:create' });
    });

    it('but keep what somebody else has put into a role', async () => {
      const { id } = await addRole(admin, 0, ['risk:delete']);
      const renamed = await helper.patch(`${path}/${id}`, { description: 'renamed' }, ifVersion(1));
      expect(renamed.body.grants).toEqual([grantOf('risk:delete')]);
    });
  });

  it('of another tenant are not there', async () => {
    const { id } = await addRole(admin, 0, ['risk:read']);
    const stranger = app.as('admin', app.globex);
    for (const attempt of [
      stranger.get(`${path}/${id}`),
      stranger.get(`${path}/${id}/permissions`),
      stranger.patch(`${path}/${id}`, { name: 'mine' }, ifVersion(1)),
      stranger.delete(`${path}/${id}`, ifVersion(1)),
      stranger.post(`${path}/${id}/permissions`, grantOf('risk:read')),
      stranger.delete(`${path}/${id}/permissions/risk:read`),
    ]) {
      expect(problemIn(await attempt)).toEqual({ status: 404, code: 'resource.not-found' });
    }
    expect((await admin.get(`${path}/${id}`)).body.version).toBe(1);
  });

  it('are looked at by managers and touched by admins', async () => {
    const manager = app.as('manager');
    expect((await manager.get(path)).status).toBe(200);
    expect((await manager.post(path, { name: 'x', level: 0, grants: [] })).body.permission).toBe('role:create');
    expect((await app.as('analyst').get(path)).body.permission).toBe('role:read');
    expect((await app.anonymous().get(path)).status).toBe(401);
  });
});
