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

  it('shows in every share what the list of risks counts for the same filter', async () => {
    const { body } = await demo.get('/api/v1/stats/risk-distribution');
    const lists = {
      bySeverity: 'severity',
      byStatus: 'status',
      byCategory: 'category',
      byFramework: 'framework',
      byOwner: 'ownerId',
    };
    for (const [name, parameter] of Object.entries(lists)) {
      const shares = body[name] as { key: string | null; label: string | null; count: number; averageScore: number }[];
      expect(shares.length).toBeGreaterThan(3);
      for (const { key, count, averageScore } of shares) {
        if (key === null) continue;
        const filter = `${parameter}=${encodeURIComponent(key)}`;
        expect([key, await total(filter)]).toEqual([key, count]);
        const { body: page } = await demo.get(`/api/v1/risks?limit=200&${filter}`);
        if (page.page.nextCursor !== null || count === 0) continue;
        const hundredths = (page.items as { score: number }[]).reduce(
          (sum, { score }) => sum + Math.round(100 * score),
          0,
        );
        expect(Math.abs(averageScore - hundredths / count / 100)).toBeLessThan(0.00501);
      }
    }
    expect(body.byOwner.some(({ label }: { label: string | null }) => label === 'Marta Kowalska')).toBe(true);
    const sum = (body.byCategory as { count: number }[]).reduce((all, { count }) => all + count, 0);
    expect([sum, body.omittedGroups]).toEqual([await total(''), 0]);
  });

  it('shows in every number of mitigations what their list counts', async () => {
    const { body } = await demo.get('/api/v1/stats/mitigation-metrics');
    const count = async (filter: string) =>
      (await demo.get(`/api/v1/mitigations?limit=1&total=true&${filter}`)).body.total;
    expect(body.total).toBe(await count(''));
    expect(body.overdue).toBe(await count('overdue=true'));
    for (const [status, expected] of Object.entries(body.byStatus))
      expect(await count(`status=${status}`)).toBe(expected);
    const rate = (100 * body.byStatus.DONE) / (body.total - body.byStatus.CANCELLED);
    expect(body.completionRate).toBeCloseTo(rate, 1);
    const done: { createdAt: string; completedAt: string }[] = [];
    for (let cursor = ''; ;) {
      const { body: page } = await demo.get(`/api/v1/mitigations?status=DONE&limit=200${cursor}`);
      done.push(...page.items);
      if (page.page.nextCursor === null) break;
      cursor = `&cursor=${page.page.nextCursor}`;
    }
    const days = done.map(
      ({ createdAt, completedAt }) => (Date.parse(completedAt) - Date.parse(createdAt)) / 86_400_000,
    );
    expect(body.averageDays).toBeCloseTo(days.reduce((sum, each) => sum + each, 0) / days.length, 0);
  });

  it('shows the risks that the list begins with, each with what is to be done next', async () => {
    const { body } = await demo.get('/api/v1/stats/top-risks?limit=50');
    const { body: list } = await demo.get('/api/v1/risks?limit=50');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(list.items.map(({ id }: { id: string }) => id));
    let actions = 0;
    for (const { id, nextAction } of body.items) {
      const { body: mitigations } = await demo.get(`/api/v1/risks/${id}/mitigations?limit=200`);
      const open = mitigations.items
        .filter(({ status }: { status: string }) => status !== 'DONE' && status !== 'CANCELLED')
        .sort((one: { dueDate: string | null }, other: { dueDate: string | null }) =>
          (one.dueDate ?? '9') < (other.dueDate ?? '9') ? -1 : 1,
        );
      expect(nextAction?.dueDate).toEqual(open[0]?.dueDate);
      if (nextAction) actions++;
    }
    expect(actions).toBeGreaterThan(5);
    const { body: vulnerabilities } = await demo.get('/api/v1/stats/top-vulnerabilities?limit=5');
    const { body: brought } = await demo.get('/api/v1/risks?source=CONNECTOR&limit=5');
    const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);
    expect(idsOf(vulnerabilities.items)).toEqual(idsOf(brought.items));
    expect(brought.items).toHaveLength(5);
  });

  it('tells what happened day by day, as the history of the risks does', async () => {
    const { body } = await demo.get('/api/v1/stats/timeline?days=365');
    const { body: trends } = await demo.get('/api/v1/stats/trends?days=365');
    const days = body.timeline as { date: string; created: number; statusChanges: number; mitigationsDone: number }[];
    expect(days.map(({ date, created }) => [date, created])).toEqual(
      trends.points.map(({ date, created }: { date: string; created: number }) => [date, created]),
    );
    expect(days.reduce((sum, { statusChanges }) => sum + statusChanges, 0)).toBeGreaterThan(100);
    expect(days.reduce((sum, { mitigationsDone }) => sum + mitigationsDone, 0)).toBeGreaterThan(20);
  });

  it('draws each metric as JSON and as CSV, equal to the trends', async () => {
    const { body: trends } = await demo.get('/api/v1/stats/trends?days=30');
    for (const metric of ['open', 'averageScore', 'globalRiskScore', 'created', 'closed']) {
      const { body } = await demo.get(`/api/v1/stats/timeseries?metric=${metric}`);
      const values = (body.points as { time: string; value: number }[]).map(({ time, value }) => [
        time.slice(0, 10),
        value,
      ]);
      expect(values).toEqual(trends.points.map((point: Record<string, unknown>) => [point['date'], point[metric]]));
    }
    const query = 'metric=risks&groupBy=severity&interval=month&from=2026-01-01';
    const { body } = await demo.get(`/api/v1/stats/timeseries?${query}`);
    const csv = await demo.get(`/api/v1/stats/timeseries?${query}&format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const lines = csv.text.trim().split('\r\n');
    expect(lines[0]).toBe('time,metric,value,label');
    expect(lines.slice(1)).toEqual(
      body.points.map(({ time, metric, value, label }: Record<string, unknown>) => [time, metric, value, label].join()),
    );
    const { body: stats } = await demo.get('/api/v1/stats');
    expect(
      Object.fromEntries(body.points.slice(-4).map(({ label, value }: Record<string, string>) => [label, value])),
    ).toEqual(stats.risksBySeverity);
    expect((await demo.get('/api/v1/stats/timeseries?metric=mood')).status).toBe(400);
    expect((await demo.get('/api/v1/stats/timeseries?metric=created&groupBy=status')).status).toBe(400);
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
