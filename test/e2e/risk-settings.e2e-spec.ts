import { daysBefore, utcToday } from '../../src/http/period';
import type { RiskSettings } from '../../src/risk/settings/risk-settings';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const path = '/api/v1/risk-settings';
const any = { 'if-match': '*' };

describe('risk settings', () => {
  let app: TestApp;
  let admin: ApiClient;
  let analyst: ApiClient;

  beforeEach(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    analyst = app.as('analyst');
  });
  afterEach(() => app.close());

  it('are the defaults, version 1, for a tenant that has chosen none', async () => {
    const { body, headers } = await app.as('viewer').get(path);
    expect(body).toMatchObject({ version: 1, changedAt: null, changedBy: null });
    expect(body.severities).toEqual([
      { severity: 'LOW', label: 'Low', from: 0 },
      { severity: 'MEDIUM', label: 'Medium', from: 10 },
      { severity: 'HIGH', label: 'High', from: 15 },
      { severity: 'CRITICAL', label: 'Critical', from: 20 },
    ]);
    expect(headers.get('etag')).toMatch(/^"v1-/);
    expect((await admin.get(`${path}/versions?total=true`)).body).toMatchObject({ items: [body], total: 1 });
  });

  it('move every risk to the severity that it has by them, with its history, at once and for every reader', async () => {
    const moving = await addRisk(analyst, { probability: 3, impact: 4, residualProbability: 2, residualImpact: 3 });
    const staying = await addRisk(analyst, { probability: 5, impact: 5 });
    const deleted = await addRisk(analyst, { probability: 3, impact: 4 });
    await admin.delete(`/api/v1/risks/${deleted.id}`, any);
    const reads = [
      `/api/v1/risks/${moving.id}`,
      ...['/api/v1/risks?severity=HIGH', '/api/v1/risks/matrix', '/api/v1/stats', `/api/v1/risks/${moving.id}/score`],
      ...[`/api/v1/risks/${moving.id}/history`, path, `${path}/versions`],
    ];
    for (const read of reads) await analyst.get(read);

    const changed = await put(settings(5, 12, 20), ifVersion(1));
    expect(changed).toMatchObject({ status: 200, body: { version: 2, changedBy: { id: app.acme.userIds.admin } } });
    expect(changed.headers.get('etag')).toMatch(/^"v2-/);

    const [risk, list, matrix, stats, score, history, current, versions] = await Promise.all(
      reads.map(async (read) => (await analyst.get(read)).body),
    );
    expect(risk).toMatchObject({ severity: 'HIGH', residualSeverity: 'MEDIUM', score: 12, version: 2 });
    expect(risk.nextReviewAt).toBe(daysBefore(utcToday(), -90));
    expect(list.items).toMatchObject([{ id: moving.id }]);
    const cell = (matrix.cells as { probability: number; impact: number; severity: string }[]).find(
      ({ probability, impact }) => probability === 3 && impact === 4,
    );
    expect(cell?.severity).toBe('HIGH');
    // What is a high risk there depends on the score alone.
    expect(stats).toMatchObject({ highRisks: 1, risksBySeverity: { LOW: 0, MEDIUM: 0, HIGH: 1, CRITICAL: 1 } });
    expect(score).toMatchObject({ method: { version: 1, settingsVersion: 2 }, result: { severity: 'HIGH' } });
    expect(score.thresholds[2]).toEqual({ severity: 'HIGH', from: 12 });
    expect(history.items[0]).toMatchObject({
      ...{ version: 2, action: 'UPDATED', actor: { id: app.acme.userIds.admin } },
      comment: 'Severities by version 2 of the risk settings',
      changes: [
        { field: 'severity', before: 'MEDIUM', after: 'HIGH' },
        { field: 'residualSeverity', before: 'LOW', after: 'MEDIUM' },
        { field: 'nextReviewAt', before: moving.nextReviewAt, after: risk.nextReviewAt },
      ],
    });
    expect(current).toEqual(changed.body);
    expect(versions.items).toMatchObject([{ version: 2 }, { version: 1, changedAt: null }]);
    expect((await analyst.get(`/api/v1/risks/${staying.id}`)).body.version).toBe(1);
    expect((await admin.post(`/api/v1/risks/${deleted.id}/restore`)).body.severity).toBe('HIGH');
    expect(await addRisk(analyst, { probability: 1, impact: 5 })).toMatchObject({ severity: 'MEDIUM' });
    const csv = 'title,probability,impact,targetProbability,targetImpact,externalId\nImported,3,4,1,5,X\n';
    await analyst.post('/api/v1/risks/import', csv, { 'content-type': 'text/csv' });
    const imported = (await analyst.get('/api/v1/risks?source=IMPORT')).body.items;
    expect(imported).toMatchObject([{ severity: 'HIGH', targetScore: 5, targetSeverity: 'MEDIUM' }]);
  });

  it('leave what the statistics say of the past as it was then', async () => {
    const { id } = await addRisk(analyst, { probability: 3, impact: 4 });
    await withClient(app.database.adminUrl, async (client) => {
      const before = `now() - interval '40 days'`;
      await client.query(`UPDATE risks SET created_at = ${before}, updated_at = ${before} WHERE id = $1`, [id]);
      await client.query(`UPDATE risk_history SET at = ${before} WHERE risk_id = $1`, [id]);
    });
    await put(settings(5, 12, 20));
    const { body } = await analyst.get('/api/v1/stats?period=month');
    expect(body).toMatchObject({ risksBySeverity: { HIGH: 1 }, previous: { risksBySeverity: { MEDIUM: 1, HIGH: 0 } } });
  });

  it('are told in the audit log with what they moved', async () => {
    await addRisk(analyst, { probability: 3, impact: 4 });
    await put(settings(5, 12, 20));
    const { body } = await admin.get('/api/v1/audit-logs?action=risk-settings.update');
    expect(body.items).toMatchObject([{ details: { version: 2, movedRisks: 1, changes: [{ field: 'severities' }] } }]);
  });

  it('make no version when nothing is different, and touch no risk when only words are', async () => {
    const risk = await addRisk(analyst, { probability: 3, impact: 4 });
    const { body: current } = await admin.get(path);
    const { probabilityLabels, impactLabels, severities } = current as RiskSettings;
    expect((await put({ probabilityLabels, impactLabels, severities })).body).toEqual(current);
    const impacts = ['Vernachlässigbar', 'Gering', 'Mäßig', 'Groß', '深刻'];
    expect((await put({ probabilityLabels, impactLabels: impacts, severities })).body).toMatchObject({
      ...{ version: 2, impactLabels: impacts },
    });
    expect((await analyst.get(`/api/v1/risks/${risk.id}`)).body.version).toBe(1);
    expect((await analyst.get(`/api/v1/risks/${risk.id}/score`)).body.method.settingsVersion).toBe(2);
  });

  it('ask for the version that the change is based on; of two at once one wins', async () => {
    expect((await admin.send('PUT', path, settings(5, 12, 20))).status).toBe(428);
    expect((await put(settings(5, 12, 20), ifVersion(2))).status).toBe(412);
    const answers = await Promise.all([5, 6, 7, 8].map((medium) => put(settings(medium, 12, 20), ifVersion(1))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
    expect((await admin.get(`${path}/versions?total=true`)).body.total).toBe(2);
  });

  it('can be tried out: how many risks would go from where to where, and which first', async () => {
    const ratings = [
      [1, 1],
      [3, 4],
      [3, 5],
      [5, 5],
    ] as const;
    const made = await Promise.all(
      ratings.map(([probability, impact]) => addRisk(analyst, { probability, impact, ownerId: null })),
    );
    const { status, body } = await admin.post(`${path}/preview`, settings(1, 12, 15));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ settingsVersion: 1, total: 4, moving: 3 },
      before: { LOW: 1, MEDIUM: 1, HIGH: 1, CRITICAL: 1 },
      after: { LOW: 0, MEDIUM: 1, HIGH: 1, CRITICAL: 2 },
    });
    expect(body.moves).toHaveLength(16);
    expect(body.moves.filter(({ count }: { count: number }) => count > 0)).toEqual([
      { from: 'LOW', to: 'MEDIUM', count: 1 },
      { from: 'MEDIUM', to: 'HIGH', count: 1 },
      { from: 'HIGH', to: 'CRITICAL', count: 1 },
      { from: 'CRITICAL', to: 'CRITICAL', count: 1 },
    ]);
    expect(body.risks).toMatchObject([
      { id: made[2]?.id, score: 15, from: 'HIGH', to: 'CRITICAL' },
      { id: made[1]?.id, score: 12, from: 'MEDIUM', to: 'HIGH' },
      { id: made[0]?.id, score: 1, from: 'LOW', to: 'MEDIUM' },
    ]);
    await put(settings(1, 12, 15));
    expect((await admin.get('/api/v1/stats')).body.risksBySeverity).toEqual(body.after);
    expect((await admin.post(`${path}/preview`, settings(1, 12, 15))).body).toMatchObject({ moving: 0, risks: [] });
  });

  it('show in a preview nothing that the caller may not see', async () => {
    await addRisk(analyst, { probability: 3, impact: 4 });
    const narrow = await customMember(app, app.acme, ['settings:update:tenant', 'risk:read:own']);
    const { body } = await narrow.client.post(`${path}/preview`, settings(5, 12, 20));
    expect(body).toMatchObject({ total: 0, moving: 0, risks: [] });
  });

  it('are for administrators to change, and everybody to read', async () => {
    for (const role of ['viewer', 'analyst', 'manager'] as const) {
      const client = app.as(role);
      expect(problemIn(await client.send('PUT', path, settings(5, 12, 20), any)).status).toBe(403);
      expect(problemIn(await client.post(`${path}/preview`, settings(5, 12, 20))).status).toBe(403);
      expect((await client.get(path)).status).toBe(200);
    }
  });

  it('of one tenant are nothing to another', async () => {
    await addRisk(app.as('analyst', app.globex), { probability: 3, impact: 4 });
    await put(settings(5, 12, 20));
    expect((await app.as('admin', app.globex).get(path)).body.version).toBe(1);
    const { body } = await app.as('admin', app.globex).get('/api/v1/risks');
    expect(body.items).toMatchObject([{ severity: 'MEDIUM', version: 1 }]);
  });

  it('never let a risk be stored by thresholds that are no longer in force', async () => {
    const { id } = await addRisk(analyst, { probability: 1, impact: 1 });
    await withClient(app.database.adminUrl, async (client) => {
      const waiting = (count: number): Promise<void> =>
        until(async () => {
          await client.query('SELECT pg_stat_clear_snapshot()');
          const { rows } = await client.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return rows.length === count;
        });
      // A change of the settings that has everything done but COMMIT.
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('risk-settings ' || $1, 0))`, [app.acme.id]);
      await client.query(
        `INSERT INTO risk_settings (tenant_id, version, probability_labels, impact_labels, severity_labels, medium_from, high_from, critical_from)
         VALUES ($1, 2, '{a,b,c,d,e}', '{a,b,c,d,e}', '{a,b,c,d}', 2, 3, 4)`,
        [app.acme.id],
      );
      const created = addRisk(analyst, { probability: 1, impact: 2 });
      const changed = analyst.patch(`/api/v1/risks/${id}`, { impact: 3 }, ifVersion(1));
      const csv = 'title,probability,impact,externalId\nImported,1,4,X\n';
      const imported = analyst.post('/api/v1/risks/import', csv, { 'content-type': 'text/csv' });
      await waiting(3);
      await client.query('COMMIT');
      expect(await created).toMatchObject({ severity: 'MEDIUM' });
      expect((await changed).body).toMatchObject({ severity: 'HIGH' });
      expect((await imported).status).toBe(200);
      const { body } = await analyst.get('/api/v1/risks?source=IMPORT');
      expect(body.items).toMatchObject([{ severity: 'CRITICAL' }]);
    });
  });

  function put(change: object, headers: Record<string, string> = any): Promise<ApiAnswer> {
    return admin.send('PUT', path, change, headers);
  }
});

describe('risk settings that are refused', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  it.each<[string, Partial<RiskSettings>, string, string]>([
    ['a second severity below the first', settings(15, 12, 20), '/severities/2/from', 'rising'],
    ['two equal thresholds', settings(12, 12, 20), '/severities/2/from', 'rising'],
    ['a threshold that no score reaches', settings(5, 12, 37.51), '/severities/3/from', 'max'],
    ['a threshold below every score', settings(0.5, 12, 20), '/severities/1/from', 'range'],
    ['three decimals', settings(5.001, 12, 20), '/severities/1/from', 'decimals'],
    ['a LOW that begins late', withSeverity(0, { from: 1 }), '/severities/0/from', 'first'],
    ['severities in another order', withSeverity(1, { severity: 'HIGH' }), '/severities/1/severity', 'order'],
    ['one label for two severities', withSeverity(1, { label: 'Low' }), '/severities/1/label', 'unique'],
    ['a blank label', withSeverity(1, { label: '  ' }), '/severities/1/label', 'safe-text'],
    [
      'four probabilities',
      { ...settings(5, 12, 20), probabilityLabels: ['a', 'b', 'c', 'd'] },
      '/probabilityLabels',
      '',
    ],
    [
      'one word for two impacts',
      { ...settings(5, 12, 20), impactLabels: ['a', 'a', 'c', 'd', 'e'] },
      '/impactLabels',
      '',
    ],
  ])('refuse %s, also in a preview', async (_, refused, pointer, code) => {
    for (const answer of [await admin.send('PUT', path, refused, any), await admin.post(`${path}/preview`, refused)]) {
      expect(answer.status).toBe(422);
      const problem = (answer.body.errors as { pointer: string; code: string }[]).find(
        (each) => each.pointer === pointer,
      );
      expect(problem).toBeDefined();
      if (code !== '') expect(problem?.code).toBe(code);
    }
  });

  it('leave what there is', async () => {
    expect((await admin.get(path)).body.version).toBe(1);
  });
});

function settings(medium: number, high: number, critical: number): RiskSettings {
  return {
    probabilityLabels: ['Rare', 'Unlikely', 'Possible', 'Likely', 'Almost certain'],
    impactLabels: ['Negligible', 'Minor', 'Moderate', 'Major', 'Severe'],
    severities: [
      { severity: 'LOW', label: 'Low', from: 0 },
      { severity: 'MEDIUM', label: 'Medium', from: medium },
      { severity: 'HIGH', label: 'High', from: high },
      { severity: 'CRITICAL', label: 'Critical', from: critical },
    ],
  };
}

function withSeverity(index: number, change: Partial<RiskSettings['severities'][number]>): RiskSettings {
  const valid = settings(10, 15, 20);
  return { ...valid, severities: valid.severities.map((each, at) => (at === index ? { ...each, ...change } : each)) };
}
