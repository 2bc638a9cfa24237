import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

describe('changes of risks that meet', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());

  const waiting = (client: Client, count: number): Promise<void> =>
    until(async () => {
      // Inside a transaction the activity would stay as it was first seen.
      await client.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await client.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length === count;
    });

  it('score a risk by the criticality that its assets have when it is stored', async () => {
    const assetId = randomUUID();
    await withClient(app.database.adminUrl, async (client) => {
      await client.query(`INSERT INTO assets (tenant_id, id, name, type) VALUES ($1, $2, 'A', '')`, [
        app.acme.id,
        assetId,
      ]);
      const linked = await addRisk(analyst, { probability: 4, impact: 4, assetIds: [assetId] });
      const unlinked = await addRisk(analyst, { probability: 2, impact: 2 });

      await client.query('BEGIN');
      await client.query(`UPDATE assets SET criticality = 'CRITICAL' WHERE tenant_id = $1 AND id = $2`, [
        app.acme.id,
        assetId,
      ]);
      const changed = analyst.patch(`/api/v1/risks/${linked.id}`, { impact: 2 }, ifVersion(1));
      const joined = analyst.patch(`/api/v1/risks/${unlinked.id}`, { assetIds: [assetId] }, ifVersion(1));
      await waiting(client, 2);
      await client.query('COMMIT');

      expect((await changed).body).toMatchObject({ score: 12, assets: [{ criticality: 'CRITICAL' }] });
      expect((await joined).body).toMatchObject({ score: 6, assets: [{ criticality: 'CRITICAL' }] });
    });
  });

  it('build on each other when they ask for no version in particular', async () => {
    const risk = await addRisk(analyst);
    const any = { 'if-match': '*' };
    const changes = [
      { title: 'T' },
      { impact: 5 },
      { category: 'C' },
      { customFields: { a: 1 } },
      { customFields: { b: 2 } },
    ];
    const answers = await Promise.all(changes.map((change) => analyst.patch(`/api/v1/risks/${risk.id}`, change, any)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);

    const { body } = await analyst.get(`/api/v1/risks/${risk.id}`);
    expect(body).toMatchObject({ title: 'T', impact: 5, category: 'C', customFields: { a: 1, b: 2 }, version: 6 });
    const history = await analyst.get(`/api/v1/risks/${risk.id}/history?total=true`);
    expect(history.body.total).toBe(6);
    const times = (history.body.items as { at: string }[]).map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('give an external id to one of two', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        analyst.post('/api/v1/risks', { title: 'One', probability: 1, impact: 1, externalId: 'ONE' }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  it('import over a change without losing it', async () => {
    const csv = { 'content-type': 'text/csv' };
    const file = (title: string): string => `title,probability,impact,externalId\n${title},2,2,MEET\n`;
    await analyst.post('/api/v1/risks/import', file('Old'), csv);
    const [risk] = (await analyst.get('/api/v1/risks?source=IMPORT')).body.items as { id: string }[];
    const [changed, imported] = await Promise.all([
      analyst.patch(`/api/v1/risks/${risk!.id}`, { category: 'Kept' }, { 'if-match': '*' }),
      analyst.post('/api/v1/risks/import', file('New'), csv),
    ]);
    expect([changed.status, imported.body.counts.updated]).toEqual([200, 1]);
    expect((await analyst.get(`/api/v1/risks/${risk!.id}`)).body).toMatchObject({
      title: 'New',
      category: 'Kept',
      version: 3,
    });
  });

  it('leave connections to everybody else, however many imports and bulk changes are stuck', async () => {
    await withClient(app.database.adminUrl, async (client) => {
      const turn = `hashtextextended('risk-import ' || $1, 0)`;
      await client.query(`SELECT pg_advisory_lock(${turn})`, [app.acme.id]);
      const file = 'title,probability,impact,externalId\nStuck,1,1,STUCK-1\n';
      const imports = Array.from({ length: 12 }, () =>
        analyst.post('/api/v1/risks/import', file, { 'content-type': 'text/csv' }),
      );
      await waiting(client, 2);
      const reads = Array.from({ length: 20 }, (_, index) =>
        app.as('viewer', app.globex).get(`/api/v1/risks?limit=${index + 1}`),
      );
      expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(Array(20).fill(200));
      await client.query(`SELECT pg_advisory_unlock(${turn})`, [app.acme.id]);
      expect((await Promise.all(imports)).map(({ status }) => status)).toEqual(Array(12).fill(200));
    });
  });
});
