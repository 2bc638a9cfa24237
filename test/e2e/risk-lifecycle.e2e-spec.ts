import { randomUUID } from 'node:crypto';
import type { RiskStatus } from '../../src/risk/lifecycle/risk-lifecycle';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the life of a risk', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());

  const move = (id: string, version: number, status: RiskStatus, comment?: string): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/${id}/transition`, { status, ...(comment ? { comment } : {}) }, ifVersion(version));
  const movesOf = async (id: string): Promise<{ status: string; allowed: boolean; reason: string | null }[]> =>
    (await analyst.get(`/api/v1/risks/${id}/transitions`)).body.moves;
  const mitigate = (riskId: string, status: string): Promise<unknown> =>
    withClient(app.database.adminUrl, (client) =>
      client.query(
        `INSERT INTO mitigations (tenant_id, id, risk_id, title, status) VALUES ($1, $2, $3, 'Mitigation', $4)`,
        [app.acme.id, randomUUID(), riskId, status],
      ),
    );

  it('moves along the table, guarded by its mitigations', async () => {
    const { id } = await addRisk(analyst);
    expect((await movesOf(id)).filter(({ allowed }) => allowed).map(({ status }) => status)).toEqual([
      'IDENTIFIED',
      'CLOSED',
    ]);
    await move(id, 1, 'IDENTIFIED');
    await move(id, 2, 'ASSESSED');
    expect((await move(id, 3, 'TREATMENT_PLANNED')).body).toMatchObject({ status: 'TREATMENT_PLANNED', version: 4 });

    const refused = await move(id, 4, 'IN_TREATMENT');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      ...{ code: 'risk.illegal-transition', allowed: ['ASSESSED', 'CLOSED'] },
      detail: 'IN_TREATMENT needs at least one active mitigation.',
    });

    await mitigate(id, 'PLANNED');
    expect((await move(id, 4, 'IN_TREATMENT')).status).toBe(200);
    const blocked = await movesOf(id);
    expect(blocked.find(({ status }) => status === 'MITIGATED')?.reason).toMatch(/1 are not|DONE or CANCELLED/);
    expect(blocked.find(({ status }) => status === 'ACCEPTED')?.reason).toMatch(/needs an acceptance/);
    expect((await move(id, 5, 'ACCEPTED')).status).toBe(409);
  });

  it('asks for the version that the move is based on', async () => {
    const { id } = await addRisk(analyst);
    expect((await analyst.post(`/api/v1/risks/${id}/transition`, { status: 'IDENTIFIED' })).status).toBe(428);
    expect((await move(id, 2, 'IDENTIFIED')).status).toBe(412);
    expect((await move(id, 1, 'DRAFT')).status).toBe(409);
    expect((await analyst.post(`/api/v1/risks/${id}/transition`, { status: 'OPEN' }, ifVersion(1))).status).toBe(422);
  });

  it('tells its history, newest first, with what changed and who did it', async () => {
    const admin = app.as('admin');
    const { id } = await addRisk(analyst, { title: 'Before', nextReviewAt: null });
    await analyst.patch(`/api/v1/risks/${id}`, { title: 'After', impact: 5 }, ifVersion(1));
    await move(id, 2, 'IDENTIFIED', 'Seen in the wild.');
    await admin.delete(`/api/v1/risks/${id}`, ifVersion(3));
    expect((await analyst.get(`/api/v1/risks/${id}/history`)).status).toBe(404);
    await admin.post(`/api/v1/risks/${id}/restore`);

    const { body } = await analyst.get(`/api/v1/risks/${id}/history?total=true`);
    const by = (role: 'analyst' | 'admin') => ({ id: app.acme.userIds[role], name: `${role} of acme` });
    const deletedAt = { field: 'deletedAt', before: null, after: expect.stringMatching(/Z$/) };
    expect(body.total).toBe(5);
    expect(body.items).toMatchObject([
      { version: 5, action: 'RESTORED', actor: by('admin'), changes: [{ field: 'deletedAt', after: null }] },
      { version: 4, action: 'DELETED', actor: by('admin'), changes: [deletedAt] },
      {
        ...{ version: 3, action: 'TRANSITIONED', comment: 'Seen in the wild.', actor: by('analyst') },
        changes: [{ field: 'status', before: 'DRAFT', after: 'IDENTIFIED' }],
      },
      {
        ...{ version: 2, action: 'UPDATED', comment: null },
        changes: [
          { field: 'title', before: 'Before', after: 'After' },
          { field: 'impact', before: 3, after: 5 },
          { field: 'score', before: 9, after: 15 },
          { field: 'severity', before: 'LOW', after: 'HIGH' },
        ],
      },
      { version: 1, action: 'CREATED', changes: [] },
    ]);
  });

  it('pages through its history', async () => {
    const { id } = await addRisk(analyst);
    for (let version = 1; version < 6; version++) {
      await analyst.patch(`/api/v1/risks/${id}`, { title: `Title ${version}` }, ifVersion(version));
    }
    const page = async (query: string): Promise<ApiAnswer['body']> =>
      (await analyst.get(`/api/v1/risks/${id}/history?limit=2${query}`)).body;
    const versions = ({ items }: ApiAnswer['body']): number[] =>
      items.map(({ version }: { version: number }) => version);
    const first = await page('');
    const second = await page(`&cursor=${first.page.nextCursor}`);
    const third = await page(`&cursor=${second.page.nextCursor}`);
    expect([versions(first), versions(second), versions(third)]).toEqual([
      [6, 5],
      [4, 3],
      [2, 1],
    ]);
    expect(third.page.nextCursor).toBeNull();
    expect(versions(await page(`&cursor=${third.page.prevCursor}`))).toEqual([4, 3]);
    expect(versions(await page('&page=3'))).toEqual([2, 1]);
  });

  it('keeps in its history what the API showed at the time', async () => {
    const shown = await addRisk(analyst, { tags: ['a'], customFields: { a: 1 }, dueDate: '2030-01-01' });
    await analyst.patch(`/api/v1/risks/${shown.id}`, { tags: [] }, ifVersion(1));
    const snapshot = await withClient(app.database.adminUrl, async (client) => {
      const { rows } = await client.query('SELECT snapshot FROM risk_history WHERE risk_id = $1 ORDER BY version', [
        shown.id,
      ]);
      return rows[0].snapshot as unknown;
    });
    expect(snapshot).toEqual(shown);
  });

  it('explains its score, and follows its assets', async () => {
    const assetIds = [randomUUID(), randomUUID()];
    await withClient(app.database.adminUrl, (client) =>
      client.query(
        `INSERT INTO assets (tenant_id, id, name, type, criticality) VALUES ($1, $2, 'A', '', 'CRITICAL'), ($1, $3, 'B', '', 'LOW')`,
        [app.acme.id, ...assetIds],
      ),
    );
    const risk = await addRisk(analyst, {
      probability: 3,
      impact: 5,
      residualProbability: 1,
      residualImpact: 3,
      assetIds,
    });
    expect(risk).toMatchObject({ score: 17.25, severity: 'HIGH', residualScore: 3.45 });
    expect((await analyst.get(`/api/v1/risks/${risk.id}/score`)).body).toMatchObject({
      ...{ riskId: risk.id, version: 1, method: { name: 'probability-impact-criticality', version: 1 } },
      inputs: {
        probability: 3,
        impact: 5,
        assets: [
          { name: 'A', factor: 1.5 },
          { name: 'B', factor: 0.8 },
        ],
      },
      result: { meanFactor: 1.15, score: 17.25, severity: 'HIGH', residualScore: 3.45 },
    });

    const fewer = await analyst.patch(`/api/v1/risks/${risk.id}`, { assetIds: [assetIds[0]] }, ifVersion(1));
    expect(fewer.body).toMatchObject({
      score: 22.5,
      severity: 'CRITICAL',
      residualScore: 4.5,
      assets: [{ name: 'A' }],
    });
    const kept = await analyst.patch(`/api/v1/risks/${risk.id}`, { impact: 2 }, ifVersion(2));
    expect(kept.body).toMatchObject({ score: 9, assets: [{ name: 'A' }] });
  });

  it('is nobody else’s business', async () => {
    const { id } = await addRisk(analyst);
    const stranger = app.as('admin', app.globex);
    for (const path of ['history', 'score', 'transitions']) {
      expect((await stranger.get(`/api/v1/risks/${id}/${path}`)).status).toBe(404);
    }
    expect((await stranger.post(`/api/v1/risks/${id}/transition`, { status: 'CLOSED' }, ifVersion(1))).status).toBe(
      404,
    );
    expect(
      (await app.as('viewer').post(`/api/v1/risks/${id}/transition`, { status: 'CLOSED' }, ifVersion(1))).status,
    ).toBe(403);
  });
});
