import { addRisk, ifVersion, riskRequest } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

describe('many changes at once', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  const bulk = (operations: unknown[], atomic?: boolean, client = admin): Promise<ApiAnswer> =>
    client.post('/api/v1/risks/bulk', { operations, ...(atomic === undefined ? {} : { atomic }) });
  const shown = async (id: string): Promise<ApiAnswer> => admin.get(`/api/v1/risks/${id}`);

  it('carries out every kind of operation, in order', async () => {
    const [updated, moved, deleted] = [await addRisk(admin), await addRisk(admin), await addRisk(admin)];
    const answer = await bulk([
      { op: 'create', risk: riskRequest({ title: 'Made in bulk' }) },
      { op: 'update', id: updated.id, version: 1, change: { impact: 5 } },
      { op: 'update', id: updated.id, version: 2, change: { impact: 4 } },
      { op: 'transition', id: moved.id, status: 'IDENTIFIED', comment: 'In bulk.' },
      { op: 'delete', id: deleted.id },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ atomic: true, succeeded: 5, failed: 0 });
    expect(answer.body.results.map(({ status }: { status: number }) => status)).toEqual([201, 200, 200, 200, 204]);
    expect((await shown(answer.body.results[0].id)).body.title).toBe('Made in bulk');
    expect((await shown(updated.id)).body).toEqual(answer.body.results[2].risk);
    expect((await shown(moved.id)).body).toMatchObject({ status: 'IDENTIFIED', version: 2 });
    expect((await shown(deleted.id)).status).toBe(404);
  });

  const mixed = (good: string, missing: string) => [
    { op: 'update', id: good, change: { title: 'Changed in bulk' } },
    { op: 'update', id: good, version: 77, change: { impact: 1 } },
    { op: 'create', risk: riskRequest({ ownerId: missing, title: 'Never made' }) },
    { op: 'delete', id: missing },
    { op: 'transition', id: good, status: 'MITIGATED' },
    { op: 'update', id: good, change: { impact: 5 } },
  ];
  const missing = '01890a5d-ac96-774b-bcce-000000000000';

  it('does nothing at all when an atomic request fails, and tells every reason', async () => {
    const risk = await addRisk(admin);
    const answer = await bulk(mixed(risk.id, missing));
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('risk.bulk-rolled-back');
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/operations/1',
      '/operations/2/risk/ownerId',
      '/operations/3',
      '/operations/4',
    ]);
    expect(answer.body.results).toMatchObject([
      { index: 1, status: 412, problem: { code: 'request.stale-version' } },
      { index: 2, status: 422, id: null },
      { index: 3, status: 404, problem: { code: 'resource.not-found' } },
      { index: 4, status: 409, problem: { code: 'risk.illegal-transition' } },
    ]);
    expect((await shown(risk.id)).body).toEqual(risk);
    expect((await admin.get('/api/v1/risks?q=Never%20made&total=true')).body.total).toBe(0);
  });

  it('carries out what it can when the request is not atomic', async () => {
    const risk = await addRisk(admin);
    const answer = await bulk(mixed(risk.id, missing), false);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ atomic: false, succeeded: 2, failed: 4 });
    expect(answer.body.results.map(({ status }: { status: number }) => status)).toEqual([200, 412, 422, 404, 409, 200]);
    expect((await shown(risk.id)).body).toMatchObject({ title: 'Changed in bulk', impact: 5, version: 3 });
  });

  it('gives each operation the rights that it would have alone', async () => {
    const risk = await addRisk(admin);
    const operations = [
      { op: 'update', id: risk.id, change: { impact: 5 } },
      { op: 'delete', id: risk.id },
    ];
    const byAnalyst = await bulk(operations, false, app.as('analyst'));
    expect(byAnalyst.body.results).toMatchObject([
      { status: 200 },
      { status: 403, problem: { code: 'rbac.forbidden' } },
    ]);
    const byManager = await bulk(operations, false, app.as('manager'));
    expect(byManager.body.results[1]).toMatchObject({ status: 403 });
    expect((await bulk(operations, false, app.as('viewer'))).status).toBe(403);
    const stranger = await bulk(operations, false, app.as('admin', app.globex));
    expect(stranger.body.results).toMatchObject([{ status: 404 }, { status: 404 }]);
  });

  it.each<[string, unknown, string]>([
    ['a field of another operation', { op: 'delete', id: missing, risk: riskRequest() }, '/operations/0/risk'],
    [
      'a field that does not exist',
      { op: 'create', risk: { ...riskRequest(), colour: 1 } },
      '/operations/0/risk/colour',
    ],
    ['a value out of range', { op: 'update', id: missing, change: { impact: 6 } }, '/operations/0/change/impact'],
    [
      'a status by a change',
      { op: 'update', id: missing, change: { status: 'CLOSED' } },
      '/operations/0/change/status',
    ],
    ['no change', { op: 'update', id: missing }, '/operations/0/change'],
    ['no risk', { op: 'create', risk: null }, '/operations/0/risk'],
    ['no id', { op: 'delete' }, '/operations/0/id'],
    ['an unknown operation', { op: 'burn' }, '/operations/0/op'],
    ['no operation', {}, '/operations/0/op'],
    ['nothing', null, '/operations'],
    ['a text', 'delete', '/operations'],
  ])('refuses %s and points at it', async (_what, operation, pointer) => {
    const answer = await bulk([operation]);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toMatch(new RegExp(`^${pointer}`));
  });

  it('takes up to 500 operations, of more than an ordinary body', async () => {
    const description = 'x'.repeat(2000);
    const operations = Array.from({ length: 500 }, () => ({
      op: 'create',
      risk: riskRequest({ description, tags: ['500'] }),
    }));
    const answer = await bulk(operations);
    expect(answer.body).toMatchObject({ succeeded: 500 });
    expect((await admin.get('/api/v1/risks?tag=500&total=true')).body.total).toBe(500);
    expect((await bulk([...operations, ...operations.slice(0, 1)])).status).toBe(422);
    expect((await bulk([])).status).toBe(422);
  });

  it('keeps two changes of the same risk in two requests apart', async () => {
    const risk = await addRisk(admin);
    const answers = await Promise.all([
      bulk([{ op: 'update', id: risk.id, version: 1, change: { impact: 5 } }], false),
      admin.patch(`/api/v1/risks/${risk.id}`, { impact: 4 }, ifVersion(1)),
    ]);
    const statuses = [answers[0].body.results[0].status as number, answers[1].status];
    expect(statuses.toSorted()).toEqual([200, 412]);
  });
});
