import { randomUUID } from 'node:crypto';
import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import { addMitigation, addSubAction } from '../factories/mitigation';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember, team } from '../support/custom-member';
import { expectProblem } from '../support/expect-problem';
import { createTestApp, type TestApp } from '../support/test-app';

const mitigations = '/api/v1/mitigations';
const any = { 'if-match': '*' };

describe('mitigations', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let riskId: string;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    riskId = (await addRisk(analyst)).id;
  });

  const get = async (id: string): Promise<MitigationResponse> => (await analyst.get(`${mitigations}/${id}`)).body;
  const change = (id: string, body: object, headers = any): Promise<ApiAnswer> =>
    analyst.patch(`${mitigations}/${id}`, body, headers);
  const post = (body: object, headers = {}): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/${riskId}/mitigations`, body, headers);

  it('are planned for a risk, with sensible defaults', async () => {
    const { status, headers, body } = await post({ title: 'Segment the network' });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${mitigations}/${body.id}`);
    expect(body).toMatchObject({
      ...{ riskId, title: 'Segment the network', assigneeId: null, status: 'PLANNED', progress: 0, dueDate: null },
      ...{ subActionCount: 0, subActionsDone: 0, cost: 1, durationDays: 1, completedAt: null, version: 1 },
    });
    const read = await analyst.get(`${mitigations}/${body.id}`);
    expect(read.body).toEqual(body);
    expect(read.headers.get('etag')).toMatch(/^"v1-/);
    expect(headers.get('etag')).toBe(read.headers.get('etag'));
    expect((await analyst.get(`/api/v1/risks/${riskId}/mitigations?total=true`)).body).toMatchObject({
      items: [body],
      total: 1,
    });
  });

  it('are made once of twenty requests with one Idempotency-Key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ title: 'Once' }, key)));
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
    expect((await analyst.get(`/api/v1/risks/${riskId}/mitigations?total=true`)).body.total).toBe(1);
  });

  it.each<[object, string]>([
    [{}, '/title'],
    [{ title: ' ' }, '/title'],
    [{ title: 'x'.repeat(256) }, '/title'],
    [{ title: 'x', cost: 0 }, '/cost'],
    [{ title: 'x', cost: 4 }, '/cost'],
    [{ title: 'x', cost: '2' }, '/cost'],
    [{ title: 'x', durationDays: -1 }, '/durationDays'],
    [{ title: 'x', durationDays: 1.5 }, '/durationDays'],
    [{ title: 'x', durationDays: 36_501 }, '/durationDays'],
    [{ title: 'x', progress: 101 }, '/progress'],
    [{ title: 'x', dueDate: '2026-02-30' }, '/dueDate'],
    [{ title: 'x', status: 'DONE' }, '/status'],
    [{ title: 'x', assigneeId: randomUUID() }, '/assigneeId'],
    [{ title: 'x', completedAt: null }, '/completedAt'],
    [{ title: 'x', riskId: randomUUID() }, '/riskId'],
  ])('refuse %j', async (body, pointer) => {
    const { errors } = expectProblem(await post(body), 422);
    expect(errors).toContainEqual(expect.objectContaining({ pointer }));
    expect((await analyst.get(`/api/v1/risks/${riskId}/mitigations`)).body.items).toEqual([]);
  });

  it('refuse the member of another tenant, as nobody', async () => {
    const { id } = await addMitigation(analyst, riskId);
    const stranger = app.globex.userIds.analyst;
    for (const answer of [
      await post({ title: 'x', assigneeId: stranger }),
      await change(id, { assigneeId: stranger }),
    ]) {
      expect(expectProblem(answer, 422).errors).toEqual([
        { pointer: '/assigneeId', code: 'unknown-member', message: expect.any(String) },
      ]);
    }
  });

  it('change as they are asked to, based on a version', async () => {
    const { id } = await addMitigation(analyst, riskId);
    const assigneeId = app.acme.userIds.viewer;
    expect((await analyst.patch(`${mitigations}/${id}`, { title: 'x' })).status).toBe(428);
    const { body } = await change(
      id,
      { title: 'New', assigneeId, dueDate: '2030-01-01', cost: 3, durationDays: 0 },
      ifVersion(1),
    );
    expect(body).toMatchObject({
      title: 'New',
      assigneeId,
      dueDate: '2030-01-01',
      cost: 3,
      durationDays: 0,
      version: 2,
    });
    expect((await change(id, { title: 'Late' }, ifVersion(1))).status).toBe(412);
    expect((await change(id, { assigneeId: null, dueDate: null }, ifVersion(2))).body).toMatchObject({
      ...{ assigneeId: null, dueDate: null, title: 'New', version: 3 },
    });
    expect((await change(id, { title: 'New' })).body.version).toBe(3);
  });

  it('are changed by one of two who saw the same version', async () => {
    const { id } = await addMitigation(analyst, riskId);
    const answers = await Promise.all(['One', 'Other'].map((title) => change(id, { title }, ifVersion(1))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await get(id)).version).toBe(2);
  });

  it('move along, and say when they were done', async () => {
    const { id } = await addMitigation(analyst, riskId, { progress: 40 });
    for (const status of ['IN_PROGRESS', 'REVIEW']) {
      expect((await change(id, { status })).body).toMatchObject({ status, progress: 40, completedAt: null });
    }
    const done = (await change(id, { status: 'DONE' })).body;
    expect(done).toMatchObject({ status: 'DONE', progress: 100, completedAt: done.updatedAt });
    expect((await change(id, { title: 'Renamed' })).body).toMatchObject({ completedAt: done.completedAt });
    expect(problemIn(await change(id, { progress: 50 }))).toEqual({ status: 422, code: 'mitigation.progress-follows' });
    expect((await change(id, { status: 'IN_PROGRESS', progress: 60 })).body).toMatchObject({
      ...{ status: 'IN_PROGRESS', progress: 60, completedAt: null },
    });
  });

  it('do not move as nothing moves, and say where they may', async () => {
    const { id } = await addMitigation(analyst, riskId);
    const refused = await change(id, { status: 'REVIEW', title: 'Not this either' });
    expect(refused.body).toMatchObject({
      ...{ status: 409, code: 'mitigation.illegal-move', allowed: ['IN_PROGRESS', 'DONE', 'CANCELLED'] },
    });
    await change(id, { status: 'CANCELLED' });
    expect((await change(id, { status: 'DONE' })).body).toMatchObject({ allowed: ['PLANNED', 'IN_PROGRESS'] });
    expect(await get(id)).toMatchObject({ status: 'CANCELLED', version: 2, completedAt: null });
    expect((await change(id, { status: 'OPEN' })).status).toBe(422);
    expect((await change(id, { status: null })).status).toBe(422);
  });

  it('are deleted with their sub-actions, by who may', async () => {
    const { id } = await addMitigation(analyst, riskId);
    await addSubAction(analyst, id);
    expect(expectProblem(await analyst.delete(`${mitigations}/${id}`, any), 403)['permission']).toBe(
      'mitigation:delete',
    );
    const admin = app.as('admin');
    expect((await admin.delete(`${mitigations}/${id}`)).status).toBe(428);
    expect((await admin.delete(`${mitigations}/${id}`, ifVersion(1))).status).toBe(412);
    expect((await admin.delete(`${mitigations}/${id}`, ifVersion(2))).status).toBe(204);
    for (const path of ['', '/sub-actions']) expect((await admin.get(`${mitigations}/${id}${path}`)).status).toBe(404);
    expect((await admin.delete(`${mitigations}/${id}`, any)).status).toBe(404);
  });

  it('are out of sight while their risk is deleted, and come back with it', async () => {
    const admin = app.as('admin');
    const { id } = await addMitigation(analyst, riskId);
    const places = [`${mitigations}/${id}`, `${mitigations}/${id}/sub-actions`, `/api/v1/risks/${riskId}/mitigations`];
    const statuses = async (): Promise<number[]> =>
      (await Promise.all(places.map((path) => analyst.get(path)))).map(({ status }) => status);
    const listed = async (): Promise<number> =>
      (await analyst.get(`${mitigations}?riskId=${riskId}&total=true`)).body.total as number;
    expect([...(await statuses()), await listed()]).toEqual([200, 200, 200, 1]);
    await admin.delete(`/api/v1/risks/${riskId}`, any);
    expect([...(await statuses()), await listed()]).toEqual([404, 404, 404, 0]);
    expect(expectProblem(await change(id, { title: 'x' }), 404)['detail']).toBe('There is no such mitigation.');
    expectProblem(await post({ title: 'x' }), 404);
    await admin.post(`/api/v1/risks/${riskId}/restore`);
    expect([...(await statuses()), await listed()]).toEqual([200, 200, 200, 1]);
  });

  it('are told of in the audit log', async () => {
    const { id } = await addMitigation(analyst, riskId, { title: 'Audited' });
    await change(id, { status: 'DONE' });
    await app.as('admin').delete(`${mitigations}/${id}`, any);
    const { body } = await app.as('admin').get(`/api/v1/audit-logs?resource=mitigation&resourceId=${id}`);
    expect(body.items).toMatchObject([
      { action: 'mitigation.delete', details: { riskId, title: 'Audited', status: 'DONE' } },
      {
        action: 'mitigation.update',
        details: {
          ...{ riskId, version: 2 },
          changes: [
            { field: 'status', before: 'PLANNED', after: 'DONE' },
            { field: 'progress', before: 0, after: 100 },
          ],
        },
      },
      { action: 'mitigation.create', details: { riskId, title: 'Audited', cost: 1 }, outcome: 'SUCCESS' },
    ]);
  });

  it('are nobody else’s business', async () => {
    const { id } = await addMitigation(analyst, riskId);
    const { id: sid } = await addSubAction(analyst, id);
    const stranger = app.as('admin', app.globex);
    const answers = await Promise.all([
      stranger.get(`/api/v1/risks/${riskId}/mitigations`),
      stranger.post(`/api/v1/risks/${riskId}/mitigations`, { title: 'x' }),
      stranger.get(`${mitigations}/${id}`),
      stranger.patch(`${mitigations}/${id}`, { title: 'x' }, any),
      stranger.delete(`${mitigations}/${id}`, any),
      stranger.get(`${mitigations}/${id}/sub-actions`),
      stranger.post(`${mitigations}/${id}/sub-actions`, { title: 'x' }),
      stranger.patch(`${mitigations}/${id}/sub-actions/${sid}`, { done: true }),
      stranger.delete(`${mitigations}/${id}/sub-actions/${sid}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(answers.length).fill(404));
    expect((await stranger.get(`${mitigations}?riskId=${riskId}&total=true`)).body).toMatchObject({
      items: [],
      total: 0,
    });
    expect((await stranger.get(`${mitigations}/recommended?limit=100`)).text).not.toContain(id);
  });

  describe('whose they are', () => {
    const rights = (scope: string): string[] =>
      ['read', 'create', 'update', 'delete'].map((action) => `mitigation:${action}:${scope}`);

    it('is decided by their risk and by who is to carry them out', async () => {
      const admin = app.as('admin');
      const me = await customMember(app, app.acme, [...rights('own'), 'risk:read:own']);
      const owned = await addRisk(admin, { ownerId: me.userId });
      const mine = await addMitigation(admin, owned.id);
      const assigned = await addMitigation(admin, riskId, { assigneeId: me.userId });
      const others = await addMitigation(admin, riskId);
      const seen = (await me.client.get(`${mitigations}?limit=200&total=true`)).body;
      expect(seen.total).toBe(2);
      expect(seen.items.map(({ id }: MitigationResponse) => id).toSorted()).toEqual([mine.id, assigned.id].toSorted());
      expectProblem(await me.client.get(`${mitigations}/${others.id}`), 404);
      expectProblem(await me.client.patch(`${mitigations}/${others.id}`, { title: 'x' }, any), 404);
      expectProblem(await me.client.get(`/api/v1/risks/${riskId}/mitigations`), 404);
      expectProblem(await me.client.post(`/api/v1/risks/${riskId}/mitigations`, { title: 'x' }), 404);
      expect((await me.client.patch(`${mitigations}/${assigned.id}`, { status: 'IN_PROGRESS' }, any)).status).toBe(200);
      expect((await me.client.post(`/api/v1/risks/${owned.id}/mitigations`, { title: 'x' })).status).toBe(201);
      // What tells of the risk as well needs the risk to be within reach.
      const recommended = await me.client.get(`${mitigations}/recommended?limit=100`);
      expect(recommended.text).toContain(mine.id);
      expect(recommended.text).not.toContain(assigned.id);
    });

    it('does not change beyond the reach of who changes it', async () => {
      const me = await customMember(app, app.acme, rights('own'));
      const { id } = await addMitigation(app.as('admin'), riskId, { assigneeId: me.userId });
      const given = await me.client.patch(`${mitigations}/${id}`, { assigneeId: app.acme.userIds.viewer }, any);
      expect(given.body).toMatchObject({ status: 403, permission: 'mitigation:update' });
      expect((await get(id)).assigneeId).toBe(me.userId);
    });

    it('reaches as far as the team, and no farther than the permission for the deed', async () => {
      const me = await customMember(app, app.acme, ['mitigation:read:tenant', 'mitigation:delete:team']);
      const mate = await customMember(app, app.acme, []);
      await team(app, app.acme, me.userId, mate.userId);
      const admin = app.as('admin');
      const mates = await addMitigation(admin, (await addRisk(admin, { ownerId: mate.userId })).id);
      const others = await addMitigation(admin, riskId);
      expect((await me.client.delete(`${mitigations}/${mates.id}`, any)).status).toBe(204);
      const refused = await me.client.delete(`${mitigations}/${others.id}`, any);
      expect(expectProblem(refused, 403)['permission']).toBe('mitigation:delete');
    });
  });
});
