import { randomUUID } from 'node:crypto';
import type { AssetResponse } from '../../src/risk/assets/asset.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember, team } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/assets';

describe('assets', () => {
  let app: TestApp;
  let admin: ApiClient;
  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  const add = async (given: object = {}, client = admin): Promise<AssetResponse> => {
    const answer = await client.post(path, { name: `Asset ${randomUUID()}`, type: 'Server', ...given });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${path}/${answer.body.id}`);
    return answer.body as AssetResponse;
  };
  const risk = async ({ id }: { id: string }): Promise<RiskResponse> =>
    (await admin.get(`/api/v1/risks/${id}`)).body as RiskResponse;

  it('are added, read, changed and deleted, and each read is fresh after a change', async () => {
    const asset = await add({ criticality: 'LOW', source: 'CMDB' });
    expect(asset).toMatchObject({ type: 'Server', criticality: 'LOW', source: 'CMDB', ownerId: null, version: 1 });
    expect((await admin.get(`${path}/${asset.id}`)).body).toEqual(asset);
    const list = `${path}?q=${asset.name.slice(6, 20)}&total=true`;
    expect((await admin.get(list)).body).toMatchObject({ items: [asset], total: 1 });

    const changed = await admin.patch(
      `${path}/${asset.id}`,
      { type: 'Cloud', ownerId: app.acme.userIds.analyst },
      ifVersion(1),
    );
    expect(changed.body).toMatchObject({ type: 'Cloud', ownerId: app.acme.userIds.analyst, version: 2 });
    expect((await admin.get(`${path}/${asset.id}`)).body).toEqual(changed.body);
    expect((await admin.get(list)).body.items).toEqual([changed.body]);
    expect(problemIn(await admin.patch(`${path}/${asset.id}`, { type: 'X' }, ifVersion(1))).status).toBe(412);
    // What changes nothing makes no version.
    expect((await admin.patch(`${path}/${asset.id}`, { type: 'Cloud' }, ifVersion(2))).body.version).toBe(2);

    expect((await admin.delete(`${path}/${asset.id}`, ifVersion(2))).status).toBe(204);
    expect((await admin.get(`${path}/${asset.id}`)).status).toBe(404);
    expect((await admin.get(list)).body).toMatchObject({ items: [], total: 0 });
  });

  it('are told by their risks under a new name at once, which is no change of those', async () => {
    const asset = await add({ name: 'Old' });
    const { id } = await addRisk(admin, { assetIds: [asset.id] });
    const path = `/api/v1/risks/${id}`;
    const before = await admin.get(path);
    const etag = before.headers.get('etag') ?? '';
    expect((await admin.get(path, { 'if-none-match': etag })).status).toBe(304);

    expect((await admin.patch(`/api/v1/assets/${asset.id}`, { name: 'New' }, ifVersion(1))).status).toBe(200);
    const after = await admin.get(path, { 'if-none-match': etag });
    expect([after.status, after.body]).toEqual([
      200,
      { ...before.body, assets: [{ ...before.body.assets[0], name: 'New' }] },
    ]);
    expect(after.headers.get('etag')).not.toBe(etag);
    expect((await admin.get(`${path}/history?total=true`)).body.total).toBe(1);
    expect((await admin.patch(path, { title: 'Changed' }, { 'if-match': etag })).body).toMatchObject({ version: 2 });
    expect((await admin.patch(path, { title: 'Too late' }, { 'if-match': etag })).status).toBe(412);
  });

  it('are filtered, sorted and paged', async () => {
    const kind = randomUUID();
    const names = ['b', 'a', 'c', 'd'];
    for (const name of names) await add({ name, type: kind, criticality: name === 'c' ? 'CRITICAL' : 'HIGH' });
    const namesOf = async (query: string): Promise<string[]> => {
      const { body } = await admin.get(`${path}?type=${kind}&${query}`);
      return (body.items as AssetResponse[]).map(({ name }) => name);
    };
    expect(await namesOf('')).toEqual(['a', 'b', 'c', 'd']);
    expect(await namesOf('sort=-name&limit=2')).toEqual(['d', 'c']);
    expect(await namesOf('sort=createdAt')).toEqual(names);
    expect(await namesOf('criticality=CRITICAL')).toEqual(['c']);
    const first = await admin.get(`${path}?type=${kind}&limit=3`);
    expect(await namesOf(`limit=3&cursor=${first.body.page.nextCursor}`)).toEqual(['d']);
    expect((await admin.get(`${path}?sort=criticality`)).status).toBe(400);
  });

  it('score their risks anew when their criticality changes, with the reason in the history', async () => {
    const [server, other] = [await add({ criticality: 'MEDIUM' }), await add({ criticality: 'LOW' })];
    const assetIds = [server.id, other.id];
    const rated = { probability: 4, impact: 5, residualProbability: 2, residualImpact: 2 };
    const [one, alone] = [
      await addRisk(admin, { ...rated, assetIds }),
      await addRisk(admin, { ...rated, assetIds: [server.id] }),
    ];
    const deleted = await addRisk(admin, { ...rated, assetIds: [server.id] });
    await admin.delete(`/api/v1/risks/${deleted.id}`, ifVersion(1));
    expect([one.score, alone.score, alone.severity]).toEqual([18, 20, 'CRITICAL']);
    // In the cache before, to be gone after.
    expect((await risk(one)).score).toBe(18);
    const list = `/api/v1/risks?assetId=${server.id}&total=true`;
    expect((await admin.get(list)).body.total).toBe(2);

    const changed = await admin.patch(`${path}/${server.id}`, { criticality: 'LOW' }, ifVersion(1));
    expect(changed.status).toBe(200);
    expect(await risk(one)).toMatchObject({ score: 16, severity: 'HIGH', residualScore: 3.2, version: 2 });
    expect(await risk(alone)).toMatchObject({ score: 16, version: 2, assets: [{ id: server.id, criticality: 'LOW' }] });
    const { body } = await admin.get(list);
    expect((body.items as RiskResponse[]).map(({ score }) => score)).toEqual([16, 16]);

    const [latest] = (await admin.get(`/api/v1/risks/${alone.id}/history`)).body.items;
    expect(latest).toMatchObject({ version: 2, action: 'UPDATED' });
    expect(latest.comment).toBe(`The criticality of ${server.name} changed from MEDIUM to LOW`);
    expect(latest.changes.map(({ field, after }: { field: string; after: unknown }) => [field, after])).toEqual(
      expect.arrayContaining([
        ['score', 16],
        ['severity', 'HIGH'],
        ['residualScore', 3.2],
      ]),
    );
    const restored = await admin.post(`/api/v1/risks/${deleted.id}/restore`);
    expect(restored.body).toMatchObject({ score: 16, severity: 'HIGH' });
  });

  it('tell their new name wherever risks name them', async () => {
    const asset = await add();
    const named = await addRisk(admin, { assetIds: [asset.id] });
    expect((await risk(named)).assets[0]?.name).toBe(asset.name);
    await admin.patch(`${path}/${asset.id}`, { name: 'Renamed' }, ifVersion(1));
    expect((await risk(named)).assets[0]?.name).toBe('Renamed');
    expect((await risk(named)).version).toBe(1);
  });

  it('that risks name are deleted only when they may be detached, and those are scored anew', async () => {
    const asset = await add({ criticality: 'CRITICAL' });
    const named = await addRisk(admin, { probability: 4, impact: 5, assetIds: [asset.id] });
    const refused = await admin.delete(`${path}/${asset.id}`, ifVersion(1));
    expect(problemIn(refused)).toEqual({ status: 409, code: 'asset.in-use' });
    expect(refused.body.riskCount).toBe(1);
    expect((await admin.delete(`${path}/${asset.id}?detach=true`, ifVersion(1))).status).toBe(204);
    expect(await risk(named)).toMatchObject({ assets: [], score: 20, version: 2 });
  });

  it('keep scores right when criticality and risks change at the same time', async () => {
    const asset = await add();
    const risks = await Promise.all(
      Array.from({ length: 8 }, () => addRisk(admin, { probability: 4, impact: 4, assetIds: [asset.id] })),
    );
    const levels = ['LOW', 'HIGH', 'CRITICAL', 'MEDIUM'];
    const changes = levels.map((criticality) =>
      admin.patch(`${path}/${asset.id}`, { criticality }, { 'if-match': '*' }),
    );
    const edits = risks.map(({ id }) => admin.patch(`/api/v1/risks/${id}`, { impact: 5 }, { 'if-match': '*' }));
    const added = Array.from({ length: 4 }, () =>
      admin.post('/api/v1/risks', { title: 'New', probability: 4, impact: 5, assetIds: [asset.id] }),
    );
    const answers = await Promise.all([...changes, ...edits, ...added]);
    // Who met somebody else's lock may be asked to try again; nobody is answered 500.
    expect(answers.map(({ status }) => status).filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
    const factor = { LOW: 0.8, MEDIUM: 1, HIGH: 1.25, CRITICAL: 1.5 };
    const { criticality } = (await admin.get(`${path}/${asset.id}`)).body as AssetResponse;
    const { items } = (await admin.get(`/api/v1/risks?assetId=${asset.id}&limit=50`)).body as { items: RiskResponse[] };
    expect(items.length).toBeGreaterThanOrEqual(8);
    for (const { score, probability, impact } of items) expect(score).toBe(probability * impact * factor[criticality]);
  });

  it('and risks that name them are changed at the same time without one waiting for the other in vain', async () => {
    const assets = [await add(), await add()];
    const assetIds = assets.map(({ id }) => id);
    const risks = await Promise.all(Array.from({ length: 10 }, () => addRisk(admin, { assetIds })));
    const answers: number[] = [];
    const note = ({ status }: { status: number }): number => answers.push(status);
    for (const criticality of ['LOW', 'HIGH', 'CRITICAL']) {
      const changes = assetIds.map((id) => admin.patch(`${path}/${id}`, { criticality }, { 'if-match': '*' }));
      const edits = risks.map(({ id }) =>
        admin.patch(`/api/v1/risks/${id}`, { title: randomUUID() }, { 'if-match': '*' }),
      );
      (await Promise.all([...changes, ...edits])).forEach(note);
    }
    expect(answers.filter((status) => status !== 200)).toEqual([]);
  });

  it('are their owners to those whose permission ends there', async () => {
    const rights = ['asset:read:team', 'asset:create:own', 'asset:update:own', 'asset:delete:own'];
    const { userId, client } = await customMember(app, app.acme, rights);
    await team(app, app.acme, userId, app.acme.userIds.manager);
    const mine = await add({}, client);
    expect(mine.ownerId).toBe(userId);
    const mates = await add({ ownerId: app.acme.userIds.manager });
    const others = await add({ ownerId: app.acme.userIds.viewer });
    const { items } = (await client.get(`${path}?limit=200`)).body as { items: AssetResponse[] };
    expect(items.map(({ id }) => id).sort()).toEqual([mine.id, mates.id].sort());
    const status = async (id: string) => (await client.patch(`${path}/${id}`, { type: 'X' }, ifVersion(1))).status;
    expect([await status(mine.id), await status(mates.id), await status(others.id)]).toEqual([200, 403, 404]);
    const given = await client.patch(`${path}/${mine.id}`, { ownerId: app.acme.userIds.viewer }, ifVersion(2));
    expect(given.status).toBe(403);
    expect((await client.post(path, { name: 'x', type: 'y', ownerId: app.acme.userIds.viewer })).status).toBe(403);
  });

  it('are named by those who see them; risks keep others that they name already', async () => {
    const { userId, client } = await customMember(app, app.acme, [
      ...['asset:read:own', 'asset:delete:tenant', 'risk:read:own', 'risk:create:own', 'risk:update:own'],
    ]);
    const [mine, others] = [await add({ ownerId: userId }), await add({ criticality: 'CRITICAL' })];
    const request = { title: 'x', probability: 1, impact: 1 };
    const naming = (...assets: { id: string }[]) => ({ assetIds: assets.map(({ id }) => id) });
    const refused = await client.post('/api/v1/risks', { ...request, ...naming(mine, others) });
    expect(problemIn(refused).status).toBe(422);
    // As one that does not exist.
    expect(refused.body.errors).toEqual([expect.objectContaining({ pointer: '/assetIds/1', code: 'unknown-asset' })]);
    expect(refused.text).not.toContain(others.name);
    const bulk = { operations: [{ op: 'create', risk: { ...request, ...naming(others) } }] };
    expect((await client.post('/api/v1/risks/bulk', bulk)).status).toBe(422);

    const { body: own } = await client.post('/api/v1/risks', { ...request, ...naming(mine) });
    const change = async (...assets: { id: string }[]) =>
      (await client.patch(`/api/v1/risks/${own.id}`, naming(...assets), { 'if-match': '*' })).status;
    expect(await change(mine, others)).toBe(422);
    await admin.patch(`/api/v1/risks/${own.id}`, naming(others), { 'if-match': '*' });
    expect([await change(mine, others), await change(others), await change(), await change(others)]).toEqual([
      ...[200, 200, 200, 422],
    ]);
  });

  it('in use by risks beyond one’s reach are in use, and by how many is not told', async () => {
    const rights = ['asset:read:tenant', 'asset:delete:tenant', 'risk:read:own'];
    const { userId, client } = await customMember(app, app.acme, rights);
    const asset = await add();
    await addRisk(admin, { assetIds: [asset.id] });
    const refused = async () => (await client.delete(`${path}/${asset.id}`, ifVersion(1))).body;
    expect(await refused()).toMatchObject({ code: 'asset.in-use', riskCount: 0 });
    await addRisk(admin, { assetIds: [asset.id], ownerId: userId });
    expect(await refused()).toMatchObject({ code: 'asset.in-use', riskCount: 1 });
  });

  it('refuse what they cannot be', async () => {
    const status = async (body: unknown) => (await admin.post(path, body)).status;
    const good = { name: 'x', type: 'y' };
    expect(await status({ ...good, criticality: 'HUGE' })).toBe(422);
    expect(await status({ ...good, name: '' })).toBe(422);
    expect(await status({ ...good, name: null })).toBe(422);
    expect(await status({ ...good, ownerId: randomUUID() })).toBe(422);
    expect(await status({ ...good, extra: 1 })).toBe(422);
  });

  it('are another tenant’s to nobody', async () => {
    const asset = await add();
    const stranger = app.as('admin', app.globex);
    for (const answer of [
      await stranger.get(`${path}/${asset.id}`),
      await stranger.patch(`${path}/${asset.id}`, { name: 'x' }, ifVersion(1)),
      await stranger.delete(`${path}/${asset.id}?detach=true`, ifVersion(1)),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect(
      (await stranger.post('/api/v1/risks', { title: 'x', probability: 1, impact: 1, assetIds: [asset.id] })).status,
    ).toBe(422);
    expect((await stranger.get(`/api/v1/risks?assetId=${asset.id}&total=true`)).body.total).toBe(0);
  });

  it('are in the audit log with how many risks they have scored', async () => {
    const asset = await add();
    await addRisk(admin, { assetIds: [asset.id] });
    await admin.patch(`${path}/${asset.id}`, { criticality: 'HIGH' }, ifVersion(1));
    const { rows } = await withClient(app.database.adminUrl, (sql) =>
      sql.query(`SELECT action, details FROM audit_log WHERE resource_id = $1 ORDER BY at, id`, [asset.id]),
    );
    expect(rows).toMatchObject([{ action: 'asset.create' }, { action: 'asset.update', details: { rescoredRisks: 1 } }]);
  });
});
