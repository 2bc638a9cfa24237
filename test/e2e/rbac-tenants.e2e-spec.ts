import { randomUUID } from 'node:crypto';
import { PurgeTenant } from '../../src/rbac/tenants/purge-tenant';
import { addMember, addTeam, roleId, tenantOfAdmins, type TestMember } from '../factories/access';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { plantCanaries, rowsOf } from '../support/canaries';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp, type TestTenant } from '../support/test-app';

const path = '/api/v1/rbac/tenants';

describe('tenants', () => {
  let app: TestApp;
  let admin: ApiClient;
  let place: string;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    place = `${path}/${app.acme.id}`;
  });
  afterAll(() => app.close());

  const slug = (): string => `t-${randomUUID()}`;

  it('are made by an Admin of another one, who is Admin there too', async () => {
    const name = slug();
    const made = await admin.post(path, { name, slug: name });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name, slug: name, status: 'ACTIVE', owner: { id: app.acme.userIds.admin } });
    const mine = (await admin.get(path)).body.items as { id: string; current: boolean }[];
    expect(mine.map(({ id }) => id).sort()).toEqual([app.acme.id, made.body.id].sort());
    expect(mine.filter(({ current }) => current).map(({ id }) => id)).toEqual([app.acme.id]);
    const again = await admin.post(path, { name, slug: name });
    expect(problemIn(again)).toEqual({ status: 409, code: 'rbac.slug-taken' });
  });

  it('are not made where the operator does not want it', async () => {
    const closed = await createTestApp({ sharing: app, env: { TENANT_CREATION: 'off' } });
    const refused = await closed.as('admin').post(path, { name: 'x', slug: slug() });
    await closed.close();
    expect(problemIn(refused)).toEqual({ status: 403, code: 'rbac.tenant-creation-off' });
    expect((await app.as('manager').post(path, { name: 'x', slug: slug() })).body.permission).toBe('tenant:admin');
  });

  it('are changed: name, metadata, owner', async () => {
    const before = (await admin.get(place)).body;
    expect((await admin.patch(place, { name: 'Acme' })).status).toBe(428);
    const change = { name: 'Acme Ltd', metadata: { country: 'AT', size: 7 }, ownerId: app.acme.userIds.admin };
    const changed = await admin.patch(place, change, ifVersion(before.version as number));
    expect(changed.body).toMatchObject({ name: 'Acme Ltd', metadata: { country: 'AT', size: 7 } });
    expect(changed.body.owner.id).toBe(app.acme.userIds.admin);
    expect((await admin.get(place)).body).toEqual(changed.body);
    expect((await admin.patch(place, { name: 'x' }, ifVersion(before.version as number))).status).toBe(412);
    const cleared = await admin.patch(place, { metadata: { size: null } }, { 'if-match': '*' });
    expect(cleared.body.metadata).toEqual({ country: 'AT' });
    const viewer = await admin.patch(place, { ownerId: app.acme.userIds.viewer }, { 'if-match': '*' });
    expect(viewer.body).toMatchObject({ status: 422, errors: [{ pointer: '/ownerId', code: 'not-an-admin' }] });
  });

  it.each<[object, string]>([
    [{ slug: 'Upper' }, '/slug'],
    [{ slug: '-a' }, '/slug'],
    [{ slug: 'a'.repeat(64) }, '/slug'],
    [{ name: '' }, '/name'],
    [{ metadata: { deep: {} } }, '/metadata'],
    [{ metadata: null }, '/metadata'],
    [{ status: 'DELETED' }, '/status'],
  ])('refuse the change %j', async (change, pointer) => {
    const answer = await admin.patch(place, change, { 'if-match': '*' });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('say how many they are', async () => {
    const before = (await admin.get(`${place}/stats`)).body;
    await addTeam(admin);
    await addMember(app, await roleId(admin, 'admin'));
    const after = (await admin.get(`${place}/stats`)).body;
    expect(after).toEqual({
      ...before,
      teams: Number(before.teams) + 1,
      activeMembers: Number(before.activeMembers) + 1,
      admins: Number(before.admins) + 1,
    });
    expect((await admin.get(`${place}/users?limit=200&total=true`)).body.total).toBe(after.activeMembers);
  });

  it('are there only for a token of their own', async () => {
    const theirs = `${path}/${app.globex.id}`;
    const any = { 'if-match': '*' };
    for (const attempt of [
      admin.get(theirs),
      admin.get(`${theirs}/users`),
      admin.get(`${theirs}/stats`),
      admin.patch(theirs, { name: 'mine' }, any),
      admin.delete(theirs, any),
      ...['suspend', 'resume', 'restore'].map((verb) => admin.post(`${theirs}/${verb}`)),
    ]) {
      expect(problemIn(await attempt)).toEqual({ status: 404, code: 'resource.not-found' });
    }
  });

  describe('that are suspended', () => {
    let tenant: string;
    let boss: TestMember;
    let viewer: TestMember;

    beforeAll(async () => {
      const { id, admins } = await tenantOfAdmins(app, 1);
      [boss] = admins as [TestMember];
      viewer = await addMember(app, await roleId(boss.client, 'viewer'), { ...app.acme, id });
      tenant = `${path}/${id}`;
    });

    it('can be read and resumed, and nothing else', async () => {
      expect((await viewer.client.get('/api/v1/risks')).status).toBe(200);
      expect((await boss.client.post(`${tenant}/suspend`)).body.status).toBe('SUSPENDED');
      for (const attempt of [
        viewer.client.get('/api/v1/risks'),
        boss.client.get('/api/v1/rbac/users'),
        boss.client.patch(tenant, { name: 'x' }, { 'if-match': '*' }),
        boss.client.delete(tenant, { 'if-match': '*' }),
        boss.client.post(`${tenant}/suspend`),
        boss.client.post(path, { name: 'x', slug: slug() }),
      ]) {
        expect(problemIn(await attempt)).toEqual({ status: 403, code: 'tenant.suspended' });
      }
      expect((await viewer.client.get(tenant)).body.status).toBe('SUSPENDED');
      expect((await viewer.client.get(path)).status).toBe(200);
      expect((await viewer.client.post(`${tenant}/resume`)).body.permission).toBe('tenant:admin');
      expect((await boss.client.post(`${tenant}/resume`)).body.status).toBe('ACTIVE');
      expect((await viewer.client.get('/api/v1/risks')).status).toBe(200);
      expect(problemIn(await boss.client.post(`${tenant}/resume`))).toEqual({
        status: 409,
        code: 'rbac.wrong-tenant-status',
      });
    });
  });

  describe('that are deleted', () => {
    const purge = (tenantId: string): Promise<boolean> => app.app.get(PurgeTenant).purge({ tenantId });
    const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
      withClient(app.database.adminUrl, (client) => client.query(text, values));
    /** Time passes only for who can switch the trigger off: the owner of the tables. */
    const deletedDaysAgo = async (tenantId: string, days: number): Promise<void> => {
      await sql('ALTER TABLE tenants DISABLE TRIGGER tenants_deletion_date');
      await sql(`UPDATE tenants SET deleted_at = now() - make_interval(days => $2) WHERE id = $1`, [tenantId, days]);
      await sql('ALTER TABLE tenants ENABLE TRIGGER tenants_deletion_date');
    };

    it('let nobody in but who restores them', async () => {
      const { id, admins } = await tenantOfAdmins(app, 1);
      const [boss] = admins as [TestMember];
      const viewer = await addMember(app, await roleId(boss.client, 'viewer'), { ...app.acme, id });
      expect((await boss.client.delete(`${path}/${id}`, ifVersion(1))).status).toBe(204);
      expect((await viewer.client.get('/api/v1/risks')).status).toBe(401);
      expect((await viewer.client.post(`${path}/${id}/restore`)).status).toBe(401);
      expect(problemIn(await boss.client.get('/api/v1/risks'))).toEqual({ status: 403, code: 'tenant.deleted' });
      expect((await boss.client.post(`${path}/${id}/restore`)).body).toMatchObject({ status: 'ACTIVE', version: 3 });
      expect((await viewer.client.get('/api/v1/risks')).status).toBe(200);
    });

    it('are kept for the days of grace, and what is not deleted for ever', async () => {
      const { id, admins } = await tenantOfAdmins(app, 1);
      const [boss] = admins as [TestMember];
      expect(await purge(id)).toBe(false);
      await boss.client.delete(`${path}/${id}`, ifVersion(1));
      expect(await purge(id)).toBe(false);
      await deletedDaysAgo(id, 29);
      expect(await purge(id)).toBe(false);
      expect((await boss.client.post(`${path}/${id}/restore`)).status).toBe(200);
      expect(await purge(id)).toBe(false);
    });

    it('cannot be made to look deleted for long by the application', async () => {
      const { id, admins } = await tenantOfAdmins(app, 1);
      const [boss] = admins as [TestMember];
      await boss.client.delete(`${path}/${id}`, ifVersion(1));
      const asApplication = (text: string): Promise<unknown> =>
        withClient(app.database.applicationUrl, async (client) => {
          await client.query('BEGIN');
          await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [id]);
          const { rows } = await client.query(text);
          await client.query('COMMIT');
          return rows;
        });
      await asApplication(`UPDATE tenants SET deleted_at = '2000-01-01'`);
      await asApplication(`UPDATE tenants SET status = 'ACTIVE', deleted_at = NULL`);
      await asApplication(`UPDATE tenants SET status = 'DELETED', deleted_at = '2000-01-01'`);
      expect(await asApplication(`SELECT purge_deleted_tenant('1 day') AS purged`)).toEqual([{ purged: false }]);
      await expect(asApplication(`SELECT purge_deleted_tenant('0 days')`)).rejects.toThrow(/a day at least/);
      await expect(asApplication('DELETE FROM audit_log')).rejects.toThrow(/permission denied/);
    });

    it('are removed after it, to the last row, with accounts that are nowhere else; other tenants are not touched', async () => {
      const tenant: TestTenant = app.globex;
      await plantCanaries(app, tenant, 3);
      await addTeam(app.as('admin', tenant));
      const shared = await addMember(app, await roleId(admin, 'viewer'));
      await addRisk(admin, { title: 'stays' });
      await sql(
        'INSERT INTO memberships (tenant_id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE tenant_id = $1 LIMIT 1',
        [tenant.id, shared.id],
      );
      const others = await rowsOf(app, app.acme);
      expect((await app.as('admin', tenant).delete(`${path}/${tenant.id}`, { 'if-match': '*' })).status).toBe(204);
      await deletedDaysAgo(tenant.id, 31);
      expect(await purge(tenant.id)).toBe(true);

      const left = Object.entries(await rowsOf(app, tenant)).filter(([, rows]) => rows.length > 0);
      expect(left).toEqual([]);
      expect(await rowsOf(app, app.acme)).toEqual(others);
      const accounts = await withClient(app.database.adminUrl, async (client) => {
        const ids = [...Object.values(tenant.userIds), shared.id];
        return (await client.query<{ id: string }>('SELECT id FROM users WHERE id = ANY ($1)', [ids])).rows;
      });
      expect(accounts).toEqual([{ id: shared.id }]);
      expect((await app.as('admin', tenant).get('/api/v1/risks')).status).toBe(401);
      expect(await purge(tenant.id)).toBe(false);
    });
  });
});
