import { allPermissions } from '../../src/rbac/permission';
import { customMember } from '../support/custom-member';
import { powerlessMember } from '../support/powerless-member';
import { createTestApp, type TestApp } from '../support/test-app';

const explain = '/api/v1/rbac/explain';

describe('what there is to allow, and why', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  it('is a catalogue that every member may read', async () => {
    const { body } = await (await powerlessMember(app, app.acme)).get('/api/v1/rbac/permissions');
    expect(body.items.map(({ permission }: { permission: string }) => permission)).toEqual(allPermissions);
  });

  it('is a matrix: of predefined roles for all, with custom ones for those who may see roles, of their tenant', async () => {
    const { roleId } = await customMember(app, app.acme, ['risk:read:team', 'risk:fly:tenant']);
    const elsewhere = await customMember(app, app.globex, []);
    const rolesFor = async (role: 'viewer' | 'manager') =>
      (await app.as(role).get('/api/v1/rbac/permissions/matrix')).body.roles as { id: string | null; key: string }[];
    expect((await rolesFor('viewer')).map(({ key }) => key)).toEqual(['viewer', 'analyst', 'manager', 'admin']);
    const seen = await rolesFor('manager');
    expect(seen.find(({ id }) => id === roleId)).toMatchObject({
      grants: [{ permission: 'risk:read', scope: 'team' }],
    });
    expect(seen.filter(({ id }) => id === elsewhere.roleId)).toEqual([]);
  });

  it('is explained to everybody about themselves', async () => {
    const viewer = await app.as('viewer').get(`${explain}?permission=risk:update`);
    expect(viewer.body).toMatchObject({ userId: app.acme.userIds.viewer, allowed: false, scope: null });
    expect(viewer.body.reasons).toContainEqual({
      ...{ about: 'role', refuses: true, message: 'The role Viewer does not grant risk:update.' },
    });
    const nobody = await (await powerlessMember(app, app.acme)).get(`${explain}?permission=risk:read`);
    expect([nobody.status, nobody.body.allowed]).toEqual([200, false]);
  });

  it('is explained about others to those who may see them, and members only', async () => {
    const ask = async (role: 'analyst' | 'manager', userId: string) => {
      const { status, body } = await app.as(role).get(`${explain}?permission=risk:delete&userId=${userId}`);
      return [status, status === 200 ? body.scope : body.code] as unknown;
    };
    const { manager, admin } = app.acme.userIds;
    expect(await ask('manager', admin)).toEqual([200, 'tenant']);
    expect(await ask('analyst', admin)).toEqual([403, 'rbac.forbidden']);
    expect(await ask('manager', manager)).toEqual([200, 'team']);
    expect(await ask('manager', app.globex.userIds.admin)).toEqual([404, 'resource.not-found']);
    expect(await ask('analyst', app.globex.userIds.admin)).toEqual([403, 'rbac.forbidden']);
  });

  it('is explained to an API token with what it is narrowed to', async () => {
    const grants = [{ permission: 'dashboard:read', scope: 'own' }];
    const { body } = await app.as('admin').post('/api/v1/auth/tokens', { name: 'narrow', grants });
    const authorization = `Bearer ${String(body.token)}`;
    const answer = await app.anonymous().get(`${explain}?permission=risk:read`, { authorization });
    expect(answer.body).toMatchObject({ allowed: false });
    expect(answer.body.reasons).toContainEqual(expect.objectContaining({ about: 'api-token', refuses: true }));
  });

  it.each(['', '?permission=risk:fly', '?permission=risk:read&userId=me'])('refuses %j with 400', async (query) => {
    expect((await app.as('admin').get(`${explain}${query}`)).status).toBe(400);
  });
});
