import { randomUUID } from 'node:crypto';
import { addMember, addRole, addTeam, memberOf, roleId, tenantOfAdmins, type TestMember } from '../factories/access';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/rbac/users';
const password = 'kestrel orbit 4711 lime';

describe('members', () => {
  let app: TestApp;
  let admin: ApiClient;
  let roles: Readonly<Record<'viewer' | 'analyst' | 'manager' | 'admin', string>>;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    const [viewer = '', analyst = '', manager = '', adminRole = ''] = await Promise.all(
      ['viewer', 'analyst', 'manager', 'admin'].map((key) => roleId(admin, key)),
    );
    roles = { viewer, analyst, manager, admin: adminRole };
  });
  afterAll(() => app.close());

  const statusOf = (answer: Promise<ApiAnswer>): Promise<number> => answer.then(({ status }) => status);
  const patch = (client: ApiClient, id: string, change: object): Promise<ApiAnswer> =>
    client.patch(`${path}/${id}`, change, { 'if-match': '*' });

  it('are added with an account and can log in', async () => {
    const email = `${randomUUID()}@Added.test`;
    const added = await admin.post(path, { email, name: 'Added', roleId: roles.analyst, password });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ email, name: 'Added', status: 'ACTIVE', teams: [], version: 1 });
    expect(added.body.role).toMatchObject({ key: 'analyst', level: 3 });
    expect(added.text).not.toContain(password);
    expect((await admin.get(added.headers.get('location') ?? '')).body).toEqual(added.body);
    const login = await app.anonymous().post('/api/v1/auth/login', { email: email.toLowerCase(), password });
    expect(login.status).toBe(200);
  });

  it('that have an account somewhere are invited instead', async () => {
    for (const email of ['ADMIN@globex.test', 'viewer@acme.test']) {
      const added = await admin.post(path, { email, name: 'x', roleId: roles.viewer, password });
      expect(problemIn(added)).toEqual({ status: 409, code: 'rbac.account-exists' });
    }
  });

  it.each<[object, string]>([
    [{ email: 'nobody' }, '/email'],
    [{ email: 'a b@c.test' }, '/email'],
    [{ password: 'short' }, '/password'],
    [{ password: 'Password2026!' }, '/password'],
    [{ password: 'Karenina-1234', name: 'Anna Karenina' }, '/password'],
    [{ roleId: 'admin' }, '/roleId'],
    [{ roleId: randomUUID() }, '/roleId'],
    [{ name: ' ' }, '/name'],
    [{ status: 'ACTIVE' }, '/status'],
  ])('are not added with %j', async (given, pointer) => {
    const request = { email: `${randomUUID()}@x.test`, name: 'x', roleId: roles.viewer, password, ...given };
    const answer = await admin.post(path, request);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('are found by name, role, team and status, in pages', async () => {
    const [team, role] = [await addTeam(admin), await addRole(admin, 0, [])];
    const members = await Promise.all([1, 2, 3].map(() => addMember(app, role.id)));
    const [first, second] = members as [TestMember, TestMember, TestMember];
    await admin.post(`/api/v1/rbac/teams/${team.id}/members`, { userId: first.id });
    await patch(admin, second.id, { status: 'DISABLED' });
    const found = async (query: string): Promise<string[]> =>
      ((await admin.get(`${path}?${query}`)).body.items as { id: string }[]).map(({ id }) => id).sort();
    expect(await found(`role=${role.id}`)).toEqual(members.map(({ id }) => id).sort());
    expect(await found(`team=${team.id}`)).toEqual([first.id]);
    expect(await found(`role=${role.id}&status=DISABLED`)).toEqual([second.id]);
    expect(await found(`q=${first.id.toUpperCase()}`)).toEqual([first.id]);
    const page = await admin.get(`${path}?role=${role.id}&limit=2&total=true`);
    expect(page.body.total).toBe(3);
    const rest = await admin.get(`${path}?role=${role.id}&limit=2&cursor=${page.body.page.nextCursor}`);
    const ids = [...page.body.items, ...rest.body.items].map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual(members.map(({ id }) => id).sort());
  });

  it('are counted', async () => {
    const before = (await admin.get(`${path}/stats`)).body;
    await addMember(app, roles.viewer).then(({ id }) => patch(admin, id, { status: 'DISABLED' }));
    const after = (await admin.get(`${path}/stats`)).body;
    expect(after).toMatchObject({
      total: Number(before.total) + 1,
      disabled: Number(before.disabled) + 1,
      active: before.active,
    });
    const byRole = after.byRole as { members: number }[];
    expect(byRole.reduce((sum, { members }) => sum + members, 0)).toBe(after.total);
  });

  it('get another role, which counts in their next request', async () => {
    const { id, client } = await addMember(app, roles.viewer);
    expect(await statusOf(client.post('/api/v1/risks', { title: 'x', probability: 1, impact: 1 }))).toBe(403);
    const changed = await admin.patch(`${path}/${id}/role`, { roleId: roles.analyst }, ifVersion(1));
    expect(changed.body).toMatchObject({ role: { key: 'analyst' }, version: 2 });
    expect(await statusOf(client.post('/api/v1/risks', { title: 'x', probability: 1, impact: 1 }))).toBe(201);
    const { items } = (await admin.get(`${path}/${id}/permissions`)).body;
    expect(items).toContainEqual({ permission: 'risk:create', scope: 'tenant' });
    expect(await statusOf(admin.patch(`${path}/${id}/role`, { roleId: roles.viewer }, ifVersion(1)))).toBe(412);
    expect(await statusOf(admin.patch(`${path}/${id}/role`, { roleId: roles.viewer }))).toBe(428);
  });

  it('that are disabled are out at once, and their sessions stay ended when they are let in again', async () => {
    const { id, client } = await addMember(app, roles.viewer);
    expect(await statusOf(client.get('/api/v1/risks'))).toBe(200);
    expect((await patch(admin, id, { status: 'DISABLED' })).body.status).toBe('DISABLED');
    expect(await statusOf(client.get('/api/v1/risks'))).toBe(401);
    expect((await admin.get(`${path}/${id}/permissions`)).body.items).toEqual([]);
    expect((await patch(admin, id, { status: 'ACTIVE' })).body.status).toBe('ACTIVE');
    expect(await statusOf(client.get('/api/v1/risks'))).toBe(401);
  });

  it('that go leave their risks to nobody, and cached answers do not name them any more', async () => {
    const { id, client } = await addMember(app, roles.analyst);
    const risk = await addRisk(admin, { ownerId: id, assigneeId: id });
    expect((await admin.get(`/api/v1/risks/${risk.id}`)).body.ownerId).toBe(id);
    expect((await admin.get(`/api/v1/risks?ownerId=${id}`)).body.items).toHaveLength(1);
    expect(await statusOf(admin.delete(`${path}/${id}`, ifVersion(1)))).toBe(204);
    expect((await admin.get(`/api/v1/risks/${risk.id}`)).body).toMatchObject({ ownerId: null, assigneeId: null });
    expect((await admin.get(`/api/v1/risks?ownerId=${id}`)).body.items).toEqual([]);
    expect(await statusOf(admin.get(`${path}/${id}`))).toBe(404);
    expect(await statusOf(client.get('/api/v1/risks'))).toBe(401);
  });

  it('take their open invitations along when they lose a role', async () => {
    const boss = await addMember(app, roles.admin);
    const { body } = await boss.client.post('/api/v1/rbac/invitations', { email: 'late@x.test', roleId: roles.admin });
    await patch(admin, boss.id, { roleId: roles.viewer });
    const { items } = (await admin.get('/api/v1/rbac/invitations?status=OPEN&limit=200')).body;
    expect(items.map(({ id }: { id: string }) => id)).not.toContain(body.id);
  });

  it('that own the tenant stay until somebody else does', async () => {
    const owner = (await admin.get(`/api/v1/rbac/tenants/${app.acme.id}`)).body.owner.id as string;
    expect(problemIn(await admin.delete(`${path}/${owner}`, { 'if-match': '*' }))).toEqual({
      status: 409,
      code: 'rbac.owns-tenant',
    });
  });

  describe('let nobody rise:', () => {
    let helper: TestMember;
    let helperRole: string;

    beforeAll(async () => {
      const rights = ['user:read', 'user:create', 'user:update', 'user:delete', 'risk:read', 'tenant:read'] as const;
      helperRole = (await addRole(admin, 6, rights)).id;
      helper = await addMember(app, helperRole);
    });

    it('not by their own hand', async () => {
      for (const answer of await Promise.all([
        patch(helper.client, helper.id, { roleId: roles.admin }),
        patch(helper.client, helper.id, { roleId: roles.viewer }),
        patch(helper.client, helper.id, { status: 'DISABLED' }),
        helper.client.delete(`${path}/${helper.id}`, { 'if-match': '*' }),
        patch(admin, app.acme.userIds.admin, { roleId: roles.viewer }),
      ])) {
        expect(problemIn(answer)).toEqual({ status: 403, code: 'rbac.own-access' });
      }
    });

    it('not by making, inviting or promoting somebody', async () => {
      const target = await addMember(app, helperRole);
      const account = { email: `${randomUUID()}@x.test`, name: 'x', password };
      for (const [role, problem] of [
        [roles.admin, { code: 'rbac.above-own-level' }],
        [roles.manager, { code: 'rbac.forbidden', permission: 'mitigation:read' }],
      ] as const) {
        for (const attempt of [
          patch(helper.client, target.id, { roleId: role }),
          helper.client.post(path, { ...account, roleId: role }),
          helper.client.post('/api/v1/rbac/invitations', { email: account.email, roleId: role }),
        ]) {
          expect((await attempt).body).toMatchObject({ status: 403, code: problem.code });
        }
      }
      expect(await statusOf(helper.client.post(path, { ...account, roleId: helperRole }))).toBe(201);
    });

    it('not by letting somebody in again who has more', async () => {
      const manager = await addMember(app, roles.manager);
      await patch(admin, manager.id, { status: 'DISABLED' });
      expect((await patch(helper.client, manager.id, { status: 'ACTIVE' })).body).toMatchObject({ status: 403 });
      expect((await patch(helper.client, manager.id, { roleId: roles.admin })).body).toMatchObject({ status: 403 });
    });

    it('and nobody undo who stands higher', async () => {
      const boss = await addMember(app, roles.admin);
      for (const answer of await Promise.all([
        patch(helper.client, boss.id, { roleId: helperRole }),
        patch(helper.client, boss.id, { status: 'DISABLED' }),
        helper.client.delete(`${path}/${boss.id}`, { 'if-match': '*' }),
      ])) {
        expect(problemIn(answer)).toEqual({ status: 403, code: 'rbac.above-own-level' });
      }
    });

    it('also not through an API token that was narrowed', async () => {
      const boss = await addMember(app, roles.admin);
      const made = await boss.client.post('/api/v1/auth/tokens', {
        name: 'helper',
        grants: ['user:read', 'user:update', 'risk:read'].map((permission) => ({ permission, scope: 'tenant' })),
      });
      expect(made.status).toBe(201);
      const { body: tokens } = made;
      const bearer = Object.values(tokens as Record<string, unknown>).find((value) => /^ork_/.test(String(value)));
      const robot = new (boss.client.constructor as new (url: string, token: string) => ApiClient)(
        app.url,
        String(bearer),
      );
      const target = await addMember(app, roles.viewer);
      const refused = await patch(robot, target.id, { roleId: roles.admin });
      expect(problemIn(refused)).toEqual({ status: 403, code: 'rbac.forbidden' });
      const reader = await addRole(admin, 0, ['risk:read']);
      expect(await statusOf(patch(robot, target.id, { roleId: reader.id }))).toBe(200);
    });
  });

  describe('with a narrower user:read', () => {
    it('see themselves and their teams only', async () => {
      const role = await addRole(admin, 0, ['user:read:team']);
      const [one, mate, other] = await Promise.all([1, 2, 3].map(() => addMember(app, role.id)));
      const team = await addTeam(admin);
      for (const member of [one, mate]) {
        await admin.post(`/api/v1/rbac/teams/${team.id}/members`, { userId: member?.id });
      }
      const seen = (await one?.client.get(path))?.body.items.map(({ id }: { id: string }) => id).sort();
      expect(seen).toEqual([one?.id, mate?.id].sort());
      expect(await one?.client.get(`${path}/${mate?.id}`).then(({ status }) => status)).toBe(200);
      for (const hidden of [`${path}/${other?.id}`, `${path}/${other?.id}/permissions`]) {
        expect(problemIn((await one?.client.get(hidden)) as ApiAnswer)).toMatchObject({ status: 404 });
      }
      const stats = (await one?.client.get(`${path}/stats`))?.body;
      expect([stats.total, stats.byRole]).toEqual([2, [expect.objectContaining({ id: role.id, members: 2 })]]);
      await admin.delete(`/api/v1/rbac/teams/${team.id}/members/${mate?.id}`);
      expect((await one?.client.get(path))?.body.items).toHaveLength(1);
    });
  });

  describe('always have an Admin among them', () => {
    type Attack = (by: ApiClient, id: string) => Promise<ApiAnswer>;
    const demote: Attack = async (by, id) => patch(by, id, { roleId: await roleId(by, 'viewer') });
    const disable: Attack = (by, id) => patch(by, id, { status: 'DISABLED' });
    const remove: Attack = (by, id) => by.delete(`${path}/${id}`, { 'if-match': '*' });

    it.each<[string, Attack, Attack]>([
      ['demote', demote, demote],
      ['disable', disable, disable],
      ['demote and disable', demote, disable],
    ])('when two %s each other at the same time', async (_what, first, second) => {
      for (let round = 0; round < 5; round++) {
        const [one, other] = (await tenantOfAdmins(app, 2)).admins as [TestMember, TestMember];
        const answers = await Promise.all([first(one.client, other.id), second(other.client, one.id)]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        expect([401, 403]).toContain(answers.find(({ status }) => status !== 200)?.status);
        const winner = answers[0].status === 200 ? one : other;
        expect(await memberOf(winner.client, winner.id)).toMatchObject({ status: 'ACTIVE', role: { key: 'admin' } });
      }
    });

    it.each<[string, Attack, Attack]>([
      ['demoted', demote, demote],
      ['disabled and removed', disable, remove],
      ['removed', remove, remove],
    ])('when both are %s at the same time by somebody else of their level', async (_what, first, second) => {
      for (let round = 0; round < 5; round++) {
        const { id, admins } = await tenantOfAdmins(app, 3);
        const [owner, one, other] = admins as [TestMember, TestMember, TestMember];
        const rights = ['user:read', 'user:update', 'user:delete', 'role:read', 'tenant:read', 'risk:read'] as const;
        const viewing = ['connector:read', 'dashboard:read', 'asset:read', 'mitigation:read', 'audit:read'] as const;
        const { id: role } = await addRole(owner.client, 9, [...rights, ...viewing]);
        const rival = await addMember(app, role, { ...app.acme, id });
        const demoted = await demote(one.client, owner.id);
        expect(demoted.status).toBe(200);
        const answers = await Promise.all([first(rival.client, one.id), second(rival.client, other.id)]);
        expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
        const refused = answers.filter(({ status }) => status >= 300).map(problemIn);
        expect(refused).toEqual([{ status: 409, code: 'rbac.last-admin' }]);
      }
    });
  });

  it('of another tenant are not there', async () => {
    const theirs = app.globex.userIds.viewer;
    for (const answer of await Promise.all([
      admin.get(`${path}/${theirs}`),
      admin.get(`${path}/${theirs}/permissions`),
      patch(admin, theirs, { status: 'DISABLED' }),
      admin.delete(`${path}/${theirs}`, { 'if-match': '*' }),
    ])) {
      expect(problemIn(answer)).toEqual({ status: 404, code: 'resource.not-found' });
    }
  });

  it('are looked at by managers and touched by admins', async () => {
    const manager = app.as('manager');
    const { viewer } = app.acme.userIds;
    expect(await statusOf(manager.get(path))).toBe(200);
    expect((await patch(manager, viewer, { status: 'DISABLED' })).body.permission).toBe('user:update');
    expect((await app.as('analyst').get(path)).body.permission).toBe('user:read');
    expect(await statusOf(app.anonymous().get(path))).toBe(401);
  });
});
