import { addMember, addRole, addTeam, roleId, type TestMember } from '../factories/access';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/rbac/teams';

describe('teams', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  it('are made, shown, changed and deleted', async () => {
    const made = await admin.post(path, { name: 'Response', description: 'On call' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'Response', memberCount: 0, version: 1 });
    const place = made.headers.get('location') ?? '';
    expect((await admin.get(place)).body).toEqual(made.body);
    const changed = await admin.patch(place, { name: 'Incident response' }, ifVersion(1));
    expect(changed.body).toMatchObject({ name: 'Incident response', description: 'On call', version: 2 });
    expect((await admin.get(`${path}?q=INCIDENT`)).body.items).toEqual([changed.body]);
    expect((await admin.delete(place, ifVersion(1))).status).toBe(412);
    expect((await admin.delete(place, ifVersion(2))).status).toBe(204);
    expect((await admin.get(place)).status).toBe(404);
  });

  it('have names of their own, whatever the form of the letters', async () => {
    await addTeam(admin, 'Oﬃce');
    for (const name of ['OFFICE', 'ｏffice']) {
      expect(problemIn(await admin.post(path, { name }))).toEqual({ status: 409, code: 'rbac.team-name-taken' });
    }
  });

  it('let one of two changes of the same version win', async () => {
    const { id } = await addTeam(admin);
    const names = ['One of two teams', 'Two of two teams'];
    const answers = await Promise.all(names.map((name) => admin.patch(`${path}/${id}`, { name }, ifVersion(1))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('take members in and let them go', async () => {
    const { id } = await addTeam(admin);
    const { viewer } = app.acme.userIds;
    for (let again = 0; again < 2; again++) {
      expect((await admin.post(`${path}/${id}/members`, { userId: viewer })).body.memberCount).toBe(1);
    }
    expect((await admin.get(`${path}/${id}/members`)).body.items).toEqual([
      { id: viewer, name: 'viewer of acme', since: expect.stringMatching(/Z$/) },
    ]);
    expect((await admin.get(`/api/v1/rbac/users/${viewer}`)).body.teams).toContainEqual(
      expect.objectContaining({ id }),
    );
    expect((await admin.delete(`${path}/${id}/members/${viewer}`)).status).toBe(204);
    expect((await admin.delete(`${path}/${id}/members/${viewer}`)).status).toBe(404);
    expect((await admin.get(`${path}/${id}/members`)).body.items).toEqual([]);
    const stranger = await admin.post(`${path}/${id}/members`, { userId: app.globex.userIds.viewer });
    expect(stranger.body).toMatchObject({ status: 422, errors: [{ pointer: '/userId', code: 'unknown-member' }] });
  });

  it('decide in the next request how far a permission of the team reaches', async () => {
    const role = await addRole(admin, 0, ['risk:read', 'risk:delete:team']);
    const [one, mate] = [await addMember(app, role.id), await addMember(app, role.id)];
    const risks = await Promise.all([1, 2, 3].map(() => addRisk(admin, { ownerId: mate.id })));
    const { id } = await addTeam(admin);
    for (const { id: userId } of [one, mate]) await admin.post(`${path}/${id}/members`, { userId });
    const removed = (index: number): Promise<number> =>
      one.client.delete(`/api/v1/risks/${risks[index]?.id}`, ifVersion(1)).then(({ status }) => status);
    expect(await removed(0)).toBe(204);
    await admin.delete(`${path}/${id}/members/${mate.id}`);
    expect(await removed(1)).toBe(403);
    await admin.post(`${path}/${id}/members`, { userId: mate.id });
    expect(await removed(1)).toBe(204);
    await admin.delete(`${path}/${id}`, { 'if-match': '*' });
    expect(await removed(2)).toBe(403);
  });

  describe('let nobody reach further by themselves:', () => {
    let lead: TestMember;

    beforeAll(async () => {
      const role = await addRole(admin, 3, [
        'team:read',
        'team:create',
        'team:update',
        'team:delete',
        'risk:delete:team',
      ]);
      lead = await addMember(app, role.id);
    });

    it('who has a right in the team only cannot put themselves into one', async () => {
      const { id } = await addTeam(lead.client);
      const refused = await lead.client.post(`${path}/${id}/members`, { userId: lead.id });
      expect(refused.body).toMatchObject({ status: 403, permission: 'risk:delete' });
    });

    it('nor bring others together whose rights they do not have everywhere', async () => {
      const { id } = await addTeam(lead.client);
      const [harmless, armed] = [
        await addMember(app, (await addRole(admin, 0, ['risk:read'])).id),
        await addMember(app, (await addRole(admin, 0, ['risk:update:team'])).id),
      ];
      expect((await lead.client.post(`${path}/${id}/members`, { userId: harmless.id })).status).toBe(200);
      const refused = await lead.client.post(`${path}/${id}/members`, { userId: armed.id });
      expect(refused.body).toMatchObject({ status: 403, permission: 'risk:update' });
    });

    it('nor move who stands higher', async () => {
      const boss = await addMember(app, await roleId(admin, 'admin'));
      const { id } = await addTeam(admin);
      await admin.post(`${path}/${id}/members`, { userId: boss.id });
      for (const attempt of [
        lead.client.post(`${path}/${id}/members`, { userId: boss.id }),
        lead.client.delete(`${path}/${id}/members/${boss.id}`),
        lead.client.delete(`${path}/${id}`, { 'if-match': '*' }),
      ]) {
        expect(problemIn(await attempt)).toEqual({ status: 403, code: 'rbac.above-own-level' });
      }
    });
  });

  it('of another tenant are not there', async () => {
    const { id } = await addTeam(admin);
    const stranger = app.as('admin', app.globex);
    for (const attempt of [
      stranger.get(`${path}/${id}`),
      stranger.get(`${path}/${id}/members`),
      stranger.patch(`${path}/${id}`, { name: 'mine' }, ifVersion(1)),
      stranger.post(`${path}/${id}/members`, { userId: app.globex.userIds.viewer }),
      stranger.delete(`${path}/${id}/members/${app.acme.userIds.viewer}`),
      stranger.delete(`${path}/${id}`, ifVersion(1)),
    ]) {
      expect(problemIn(await attempt)).toEqual({ status: 404, code: 'resource.not-found' });
    }
  });

  it.each<[object, string]>([
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(101) }, '/name'],
    [{ name: 'x', description: 7 }, '/description'],
    [{ name: 'x', members: [] }, '/members'],
  ])('refuse %j', async (given, pointer) => {
    const answer = await admin.post(path, given);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('are seen by analysts and touched by admins', async () => {
    expect((await app.as('analyst').get(path)).status).toBe(200);
    expect((await app.as('viewer').get(path)).body.permission).toBe('team:read');
    expect((await app.as('manager').post(path, { name: 'x' })).body.permission).toBe('team:create');
    expect((await app.anonymous().get(path)).status).toBe(401);
  });
});
