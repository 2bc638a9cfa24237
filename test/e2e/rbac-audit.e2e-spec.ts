import { randomUUID } from 'node:crypto';
import { addMember, grantOf, roleId, tenantOfAdmins, type TestMember } from '../factories/access';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly resourceId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

describe('what is done to access', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  const entriesOf = (tenantId: string, actorId: string): Promise<Entry[]> =>
    withClient(app.database.adminUrl, async (sql) => {
      const { rows } = await sql.query<Entry>(
        `SELECT action, outcome, resource_id AS "resourceId", details FROM audit_log
          WHERE tenant_id = $1 AND actor_id = $2 ORDER BY at, id`,
        [tenantId, actorId],
      );
      return rows;
    });

  it('is written down, each change once, without a password or a token', async () => {
    const { id: tenantId, admins } = await tenantOfAdmins(app, 1);
    const [{ id: userId, client }] = admins as [TestMember];
    const any = { 'if-match': '*' };
    const password = 'kestrel orbit 4711 lime';
    const viewer = await roleId(client, 'viewer');
    const expected: [action: string, resourceId: string][] = [];
    const rbac = '/api/v1/rbac';

    const role = (await client.post(`${rbac}/roles`, { name: 'R', level: 0, grants: [] })).body.id as string;
    await client.patch(`${rbac}/roles/${role}`, { name: 'S' }, any);
    await client.patch(`${rbac}/roles/${role}`, { name: 'S' }, any);
    await client.post(`${rbac}/roles/${role}/permissions`, grantOf('risk:read'));
    await client.delete(`${rbac}/roles/${role}/permissions/risk:read`);
    expected.push(...['create', 'update', 'update', 'update'].map((verb): [string, string] => [`role.${verb}`, role]));

    const account = { email: `${randomUUID()}@x.test`, name: 'X', roleId: viewer, password };
    const member = (await client.post(`${rbac}/users`, account)).body.id as string;
    await client.patch(`${rbac}/users/${member}/role`, { roleId: role }, any);
    await client.patch(`${rbac}/users/${member}`, { status: 'DISABLED' }, any);
    expected.push(...['create', 'update', 'update'].map((verb): [string, string] => [`user.${verb}`, member]));

    const team = (await client.post(`${rbac}/teams`, { name: 'T' })).body.id as string;
    await client.patch(`${rbac}/teams/${team}`, { name: 'U' }, any);
    await client.post(`${rbac}/teams/${team}/members`, { userId: member });
    await client.post(`${rbac}/teams/${team}/members`, { userId: member });
    await client.delete(`${rbac}/teams/${team}/members/${member}`);
    await client.delete(`${rbac}/teams/${team}`, any);
    const ofTeam = ['create', 'update', 'add-member', 'remove-member', 'delete'];
    expected.push(...ofTeam.map((verb): [string, string] => [`team.${verb}`, team]));

    const invited = (await client.post(`${rbac}/invitations`, { email: 'i@x.test', roleId: viewer })).body;
    await client.delete(`${rbac}/invitations/${invited.id}`);
    expected.push(['invitation.create', invited.id as string], ['invitation.revoke', invited.id as string]);

    await client.delete(`${rbac}/users/${member}`, any);
    await client.delete(`${rbac}/roles/${role}`, any);
    await client.patch(`${rbac}/tenants/${tenantId}`, { name: 'N' }, any);
    await client.post(`${rbac}/tenants/${tenantId}/suspend`);
    await client.post(`${rbac}/tenants/${tenantId}/resume`);
    await client.delete(`${rbac}/tenants/${tenantId}`, any);
    await client.post(`${rbac}/tenants/${tenantId}/restore`);
    expected.push(['user.delete', member], ['role.delete', role]);
    const ofTenant = ['update', 'suspend', 'resume', 'delete', 'restore'];
    expected.push(...ofTenant.map((verb): [string, string] => [`tenant.${verb}`, tenantId]));

    const entries = await entriesOf(tenantId, userId);
    expect(entries.map(({ action, resourceId }) => [action, resourceId])).toEqual(expected);
    expect(entries.every(({ outcome }) => outcome === 'SUCCESS')).toBe(true);
    const text = JSON.stringify(entries);
    for (const secret of [password, String(invited.token).slice(-43), '$argon2id$']) expect(text).not.toContain(secret);
  });

  it('leaves nothing when it is refused, but that it was tried', async () => {
    const { id: tenantId, admins } = await tenantOfAdmins(app, 1);
    const [{ client }] = admins as [TestMember];
    const rights = (['user:read', 'user:update', 'role:read'] as const).map(grantOf);
    const { body: role } = await client.post('/api/v1/rbac/roles', { name: 'Helper', level: 3, grants: rights });
    const tenant = { ...app.acme, id: tenantId };
    const helper = await addMember(app, role.id as string, tenant);
    const target = await addMember(app, role.id as string, tenant);
    const admin = await roleId(helper.client, 'admin');
    const path = `/api/v1/rbac/users/${target.id}/role`;
    expect((await helper.client.patch(path, { roleId: admin }, { 'if-match': '*' })).status).toBe(403);
    await until(async () => (await entriesOf(tenantId, helper.id)).length > 0);
    expect(await entriesOf(tenantId, helper.id)).toEqual([
      expect.objectContaining({
        action: 'rbac.above-own-level',
        outcome: 'DENIED',
        resourceId: target.id,
      }),
    ]);
  });
});
