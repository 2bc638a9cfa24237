import { Database } from '../../src/database/database';
import { utcToday } from '../../src/http/period';
import { createDemoTenant, DEMO_TENANT_ID } from '../../src/start/demo/create-demo-tenant';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { sessionClient } from '../support/open-session';
import { createTestApp, type TestApp } from '../support/test-app';

interface Stats {
  readonly [number: string]: number;
}

describe('the dashboard over HTTP', () => {
  let app: TestApp;
  let demo: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    const database = app.app.get(Database);
    await createDemoTenant(database, { passwordHash: 'none', today: utcToday() });
    const { tenantId, userId } = await demoViewer(database);
    demo = await sessionClient(app.app, app.url, tenantId, userId);
  });
  afterAll(() => app.close());

  async function total(filter: string): Promise<number> {
    const { body } = await demo.get(`/api/v1/risks?limit=1&total=true&${filter}`);
    return (body as { total: number }).total;
  }

  it('shows in every number what the list of risks counts for the same filter', async () => {
    const { body: stats } = await demo.get('/api/v1/stats');
    expect(stats).toMatchObject({
      period: 'month',
      totalRisks: await total(''),
      highRisks: await total('scoreMin=15'),
      mitigatedRisks: await total('status=MITIGATED'),
      overdueRisks: await total('overdue=true'),
    });
    for (const group of ['severity', 'status']) {
      const counts = (group === 'severity' ? stats.risksBySeverity : stats.risksByStatus) as Stats;
      for (const [value, count] of Object.entries(counts))
        expect([value, count]).toEqual([value, await total(`${group}=${value}`)]);
    }
    expect(stats.totalRisks).toBeGreaterThan(500);
    expect(stats.change.totalRisks).toBe(stats.totalRisks - stats.previous.totalRisks);
  });

  it('shows in every cell of the matrix what the list of risks counts', async () => {
    const { body } = await demo.get('/api/v1/stats/risk-matrix');
    const cells = body.cells as { probability: number; impact: number; count: number }[];
    expect(cells).toHaveLength(25);
    for (const { probability, impact, count } of cells) {
      expect(await total(`probability=${probability}&impact=${impact}`)).toBe(count);
    }
  });

  it('shows one point per day, today included, and today as the statistics do', async () => {
    const { body: trends } = await demo.get('/api/v1/stats/trends?days=90');
    const { body: stats } = await demo.get('/api/v1/stats?period=all');
    const points = trends.points as object[];
    expect(points).toHaveLength(90);
    expect(points.at(-1)).toMatchObject({
      date: stats.today,
      averageScore: stats.averageScore,
      globalRiskScore: stats.globalRiskScore,
      open: stats.totalRisks - stats.risksByStatus.CLOSED,
    });
    expect(stats).toMatchObject({ since: null, previous: null, change: null });
  });

  it('answers again from the cache, to the byte, and with 304 to who has it', async () => {
    for (const path of ['/api/v1/stats', '/api/v1/stats/risk-matrix', '/api/v1/stats/trends']) {
      const first = await demo.get(path);
      const second = await demo.get(path);
      expect(second.headers.get('x-cache')).toBe('HIT');
      expect(second.text).toBe(first.text);
      const unchanged = await demo.get(path, { 'if-none-match': first.headers.get('etag') ?? '' });
      expect(unchanged.status).toBe(304);
    }
  });

  it('follows every change of a risk at once, in its tenant only', async () => {
    const admin = app.as('admin');
    const numbers = async (client: ApiClient): Promise<unknown[]> => {
      const { body: stats } = await client.get('/api/v1/stats?period=all');
      const { body: matrix } = await client.get('/api/v1/stats/risk-matrix');
      const { body: trends } = await client.get('/api/v1/stats/trends?days=1');
      const cell = (matrix.cells as { count: number }[]).at(-1)?.count;
      const { totalRisks, averageScore, globalRiskScore } = stats as Stats;
      const [today] = trends.points as { open: number }[];
      return [totalRisks, averageScore, globalRiskScore, cell, today?.open];
    };
    const elsewhere = await numbers(app.as('admin', app.globex));
    expect(await numbers(admin)).toEqual([0, 0, 100, 0, undefined]);

    const risk = await addRisk(admin, { probability: 5, impact: 5 });
    expect(await numbers(admin)).toEqual([1, 25, 0, 1, 1]);
    await admin.patch(`/api/v1/risks/${risk.id}`, { probability: 2 }, ifVersion(1));
    expect(await numbers(admin)).toEqual([1, 10, 60, 0, 1]);
    await admin.delete(`/api/v1/risks/${risk.id}`, ifVersion(2));
    expect(await numbers(admin)).toEqual([0, 0, 100, 0, 0]);
    await admin.post(`/api/v1/risks/${risk.id}/restore`);
    expect(await numbers(admin)).toEqual([1, 10, 60, 0, 1]);
    expect(await numbers(app.as('admin', app.globex))).toEqual(elsewhere);
  });

  it.each([
    'stats?period=decade',
    'stats?days=3',
    'stats/trends?days=0',
    'stats/trends?days=366',
    'stats/trends?days=1e1',
  ])('refuses %s', async (path) => {
    expect(problemIn(await demo.get(`/api/v1/${path}`))).toEqual({ status: 400, code: 'request.invalid' });
  });

  it.each(['stats', 'stats/risk-matrix', 'stats/trends'])('shows %s to members only', async (path) => {
    expect((await app.anonymous().get(`/api/v1/${path}`)).status).toBe(401);
    expect((await app.as('viewer').get(`/api/v1/${path}`)).status).toBe(200);
  });
});

async function demoViewer(database: Database): Promise<{ userId: string; tenantId: string }> {
  const [viewer] = await database.read(
    (session) => session.query<{ id: string }>(`SELECT id FROM users WHERE email = 'viewer@demo.openrisk.local'`),
    { tenantId: DEMO_TENANT_ID },
  );
  return { userId: viewer?.id ?? '', tenantId: DEMO_TENANT_ID };
}
