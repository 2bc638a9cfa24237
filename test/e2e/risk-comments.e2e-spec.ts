import { randomUUID } from 'node:crypto';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import { customMember } from '../support/custom-member';
import { createTestApp, type TestApp } from '../support/test-app';

describe('comments on a risk', () => {
  let app: TestApp;
  beforeAll(async () => (app = await createTestApp()));
  afterAll(() => app.close());

  const pathOf = ({ id }: { id: string }) => `/api/v1/risks/${id}/comments`;

  it('are made, listed in their order, changed and deleted; reads are fresh after each', async () => {
    const [analyst, viewer] = [app.as('analyst'), app.as('viewer')];
    const path = pathOf(await addRisk(analyst));
    expect((await viewer.get(`${path}?total=true`)).body).toMatchObject({ items: [], total: 0 });
    const first = (await analyst.post(path, { text: 'First' })).body;
    const second = (await app.as('manager').post(path, { text: 'Second\nline' })).body;
    expect(first).toMatchObject({ authorId: app.acme.userIds.analyst, text: 'First', version: 1 });
    expect((await viewer.get(`${path}?total=true`)).body).toMatchObject({ items: [first, second], total: 2 });
    const page = await viewer.get(`${path}?limit=1`);
    expect((await viewer.get(`${path}?limit=1&cursor=${page.body.page.nextCursor}`)).body.items).toEqual([second]);

    const changed = (await analyst.patch(`${path}/${first.id}`, { text: 'Changed' }, ifVersion(1))).body;
    expect(changed).toMatchObject({ text: 'Changed', version: 2 });
    expect((await viewer.get(path)).body.items).toEqual([changed, second]);
    expect((await analyst.patch(`${path}/${first.id}`, { text: 'x' }, ifVersion(1))).status).toBe(412);
    expect((await analyst.delete(`${path}/${first.id}`, ifVersion(2))).status).toBe(204);
    expect((await viewer.get(path)).body.items).toEqual([second]);
  });

  it('are changed by their author only, and deleted by an Admin too', async () => {
    const [analyst, manager] = [app.as('analyst'), app.as('manager')];
    const path = pathOf(await addRisk(analyst));
    const { id } = (await analyst.post(path, { text: 'Mine' })).body;
    const refused = await manager.patch(`${path}/${id}`, { text: 'Yours' }, ifVersion(1));
    expect(problemIn(refused)).toEqual({ status: 403, code: 'comment.not-yours' });
    const kept = await manager.delete(`${path}/${id}`, ifVersion(1));
    expect([kept.status, kept.body.permission]).toEqual([403, 'risk:admin']);
    expect((await app.as('viewer').post(path, { text: 'x' })).status).toBe(403);
    expect((await app.as('admin').delete(`${path}/${id}`, ifVersion(1))).status).toBe(204);
  });

  it('are seen and made by those whom the risk is within reach of', async () => {
    const { client, userId } = await customMember(app, app.acme, ['risk:read:own', 'risk:update:own']);
    const [mine, others] = [await addRisk(app.as('admin'), { ownerId: userId }), await addRisk(app.as('admin'))];
    expect((await client.post(pathOf(mine), { text: 'x' })).status).toBe(201);
    expect((await client.get(pathOf(mine))).body.items).toHaveLength(1);
    expect((await client.post(pathOf(others), { text: 'x' })).status).toBe(404);
    expect((await client.get(pathOf(others))).status).toBe(404);
  });

  it('belong to one risk of one tenant', async () => {
    const admin = app.as('admin');
    const [one, other] = [await addRisk(admin), await addRisk(admin)];
    const { id } = (await admin.post(pathOf(one), { text: 'x' })).body;
    expect((await admin.delete(`${pathOf(other)}/${id}`, ifVersion(1))).status).toBe(404);
    const stranger = app.as('admin', app.globex);
    expect((await stranger.get(pathOf(one))).status).toBe(404);
    expect((await stranger.delete(`${pathOf(one)}/${id}`, ifVersion(1))).status).toBe(404);
    expect((await admin.get(pathOf({ id: randomUUID() }))).status).toBe(404);
    await admin.delete(`/api/v1/risks/${one.id}`, ifVersion(1));
    expect((await admin.get(pathOf(one))).status).toBe(404);
    expect((await admin.post(pathOf(one), { text: 'x' })).status).toBe(404);
  });

  it('refuse what is no comment', async () => {
    const admin = app.as('admin');
    const path = pathOf(await addRisk(admin));
    for (const body of [
      {},
      { text: '' },
      { text: ' ' },
      { text: 1 },
      { text: 'x'.repeat(10_001) },
      { text: 'x', more: 1 },
    ]) {
      expect((await admin.post(path, body)).status).toBe(422);
    }
  });
});
