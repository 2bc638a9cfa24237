import { addRisk, ifVersion, problemIn, riskRequest } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the risk register', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  it('adds a risk, says where it is, and shows it there', async () => {
    const added = await analyst.post('/api/v1/risks', riskRequest({ title: 'New', probability: 4, impact: 5 }));
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ title: 'New', score: 20, severity: 'CRITICAL', status: 'DRAFT', version: 1 });

    const shown = await analyst.get(added.headers.get('location') ?? '');
    expect(shown.body).toEqual(added.body);
    expect(shown.headers.get('etag')).toBe(added.headers.get('etag'));
  });

  it('changes what is sent, clears what is null, and keeps the rest', async () => {
    const risk = await addRisk(analyst, {
      category: 'Malware',
      tags: ['a'],
      description: 'kept',
      customFields: { a: 1, b: 'x' },
    });
    const change = { impact: 5, category: null, customFields: { a: null, c: true } };
    const changed = await analyst.patch(`/api/v1/risks/${risk.id}`, change, ifVersion(1));

    expect(changed.body).toMatchObject({
      ...{ impact: 5, category: null, score: 15, severity: 'HIGH', version: 2 },
      ...{ tags: ['a'], description: 'kept', customFields: { b: 'x', c: true } },
    });
    expect((await analyst.get(`/api/v1/risks/${risk.id}`)).body).toEqual(changed.body);
  });

  it('makes no new version of a change that changes nothing', async () => {
    const risk = await addRisk(analyst);
    const changed = await analyst.patch(`/api/v1/risks/${risk.id}`, { title: risk.title }, ifVersion(1));
    expect(changed.body).toEqual(risk);
  });

  it('does not move the status by a change', async () => {
    const risk = await addRisk(analyst);
    const answer = await analyst.patch(`/api/v1/risks/${risk.id}`, { status: 'CLOSED' }, ifVersion(1));
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer: '/status', code: 'unknown-field' })]);
  });

  it('lets one of two changes of the same version win', async () => {
    const risk = await addRisk(analyst);
    const answers = await Promise.all(
      [4, 5].map((impact) => analyst.patch(`/api/v1/risks/${risk.id}`, { impact }, ifVersion(1))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const stale = answers.find(({ status }) => status === 412);
    expect(stale?.headers.get('etag')).toBe('"v2"');
  });

  it('asks for If-Match before it changes or deletes', async () => {
    const risk = await addRisk(admin);
    expect((await admin.patch(`/api/v1/risks/${risk.id}`, { impact: 1 })).status).toBe(428);
    expect((await admin.delete(`/api/v1/risks/${risk.id}`)).status).toBe(428);
  });

  it('hides a deleted risk until it is restored', async () => {
    const risk = await addRisk(admin);
    expect((await admin.delete(`/api/v1/risks/${risk.id}`, ifVersion(1))).status).toBe(204);
    expect((await admin.get(`/api/v1/risks/${risk.id}`)).status).toBe(404);
    expect((await admin.patch(`/api/v1/risks/${risk.id}`, { impact: 1 }, ifVersion(2))).status).toBe(404);

    const restored = await admin.post(`/api/v1/risks/${risk.id}/restore`);
    expect(restored.body).toMatchObject({ title: risk.title, version: 3, deletedAt: null });
    expect((await admin.get(`/api/v1/risks/${risk.id}`)).body).toEqual(restored.body);
    expect(problemIn(await admin.post(`/api/v1/risks/${risk.id}/restore`))).toEqual({
      status: 409,
      code: 'risk.not-deleted',
    });
  });

  it('lets a manager delete and restore only what is theirs', async () => {
    const manager = app.as('manager');
    const others = await addRisk(analyst, { ownerId: app.acme.userIds.analyst });
    const own = await addRisk(analyst, { assigneeId: app.acme.userIds.manager });

    const refused = await manager.delete(`/api/v1/risks/${others.id}`, ifVersion(1));
    expect(refused.status).toBe(403);
    expect(refused.body.permission).toBe('risk:delete');
    expect((await manager.get(`/api/v1/risks/${others.id}`)).status).toBe(200);

    expect((await manager.delete(`/api/v1/risks/${own.id}`, ifVersion(1))).status).toBe(204);
    expect((await manager.post(`/api/v1/risks/${own.id}/restore`)).status).toBe(200);
  });

  it('names who and what a request refers to in vain', async () => {
    const stranger = app.globex.userIds.analyst;
    const nobody = '01890a5d-ac96-774b-bcce-000000000000';
    const answer = await analyst.post(
      '/api/v1/risks',
      riskRequest({ ownerId: stranger, assigneeId: nobody, assetIds: [nobody] }),
    );
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ pointer: '/ownerId', code: 'unknown-member' }),
      expect.objectContaining({ pointer: '/assigneeId', code: 'unknown-member' }),
      expect.objectContaining({ pointer: '/assetIds/0', code: 'unknown-asset' }),
    ]);
  });

  it('refuses half a residual rating, also when the other half goes', async () => {
    const half = await analyst.post('/api/v1/risks', riskRequest({ residualImpact: 2 }));
    expect(half.body.errors).toEqual([expect.objectContaining({ pointer: '/residualProbability', code: 'required' })]);

    const whole = await addRisk(analyst, { residualImpact: 2, residualProbability: 3 });
    expect(whole.residualScore).toBe(6);
    const halved = await analyst.patch(`/api/v1/risks/${whole.id}`, { residualImpact: null }, ifVersion(1));
    expect(halved.body.errors).toEqual([expect.objectContaining({ pointer: '/residualImpact', code: 'required' })]);
  });

  it('keeps external ids unique', async () => {
    const externalId = 'JIRA-1';
    await addRisk(analyst, { externalId });
    const second = await analyst.post('/api/v1/risks', riskRequest({ externalId }));
    expect(problemIn(second)).toEqual({ status: 409, code: 'risk.duplicate-external-id' });

    const third = await addRisk(analyst);
    const renamed = await analyst.patch(`/api/v1/risks/${third.id}`, { externalId }, ifVersion(1));
    expect(problemIn(renamed)).toEqual({ status: 409, code: 'risk.duplicate-external-id' });
    expect((await app.as('analyst', app.globex).post('/api/v1/risks', riskRequest({ externalId }))).status).toBe(201);
  });

  it("tells another tenant's risk and a missing one apart for nobody", async () => {
    const risk = await addRisk(analyst);
    const stranger = app.as('admin', app.globex);
    const missing = '01890a5d-ac96-774b-bcce-000000000000';
    const attempts = [
      (id: string) => stranger.get(`/api/v1/risks/${id}`),
      (id: string) => stranger.patch(`/api/v1/risks/${id}`, { impact: 1 }, ifVersion(1)),
      (id: string) => stranger.delete(`/api/v1/risks/${id}`, ifVersion(1)),
      (id: string) => stranger.post(`/api/v1/risks/${id}/restore`),
    ];
    for (const attempt of attempts) {
      const [theirs, nothing] = [await attempt(risk.id), await attempt(missing)];
      expect(theirs.status).toBe(404);
      const told = ({ body: { instance: _i, requestId: _r, ...problem } }: typeof theirs): unknown => problem;
      expect(told(theirs)).toEqual(told(nothing));
    }
  });

  it.each([
    [{ title: '' }, '/title'],
    [{ title: 'x'.repeat(256) }, '/title'],
    [{ probability: 6 }, '/probability'],
    [{ impact: '3' }, '/impact'],
    [{ dueDate: '2026-02-30' }, '/dueDate'],
    [{ tags: ['a', 'a'] }, '/tags'],
    [{ customFields: { 'no spaces': 1 } }, '/customFields'],
    [{ customFields: { deep: {} } }, '/customFields'],
    [{ score: 99 }, '/score'],
    [{ source: 'CONNECTOR' }, '/source'],
    [{ status: 'ACCEPTED' }, '/status'],
    [{ ownerId: 'me' }, '/ownerId'],
  ])('refuses %j and points at it', async (given, pointer) => {
    const answer = await analyst.post('/api/v1/risks', riskRequest(given as object));
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it('lets viewers look and not touch', async () => {
    const risk = await addRisk(analyst);
    const viewer = app.as('viewer');
    expect((await viewer.get(`/api/v1/risks/${risk.id}`)).status).toBe(200);
    expect((await viewer.post('/api/v1/risks', riskRequest())).body).toMatchObject({
      status: 403,
      permission: 'risk:create',
    });
    expect((await viewer.patch(`/api/v1/risks/${risk.id}`, {}, ifVersion(1))).status).toBe(403);
    expect((await analyst.delete(`/api/v1/risks/${risk.id}`, ifVersion(1))).status).toBe(403);
  });
});
