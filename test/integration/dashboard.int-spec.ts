import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { DashboardReader } from '../../src/dashboard/dashboard.reader';
import { DailySnapshots } from '../../src/dashboard/days/daily-snapshots';
import { RegisterDaysReader } from '../../src/dashboard/days/register-days.reader';
import { runInContext } from '../../src/context/request-context';
import { daysBefore, PERIODS } from '../../src/http/period';
import { RISK_STATUSES, SETTLED_STATUSES, type RiskStatus } from '../../src/risk/lifecycle/risk-lifecycle';
import { DEFAULT_THRESHOLDS, SEVERITIES, severityOf } from '../../src/risk/risk-score';
import { MitigationStatisticsReader } from '../../src/risk/mitigations/mitigation-statistics.reader';
import { RiskStatisticsReader } from '../../src/risk/statistics/risk-statistics.reader';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, type OpenDatabase } from '../support/open-database';

const TODAY = '2026-11-21';
const DAY_MS = 86_400_000;
const dates = { week: '2026-11-14', month: '2026-10-22', quarter: '2026-08-23', year: '2025-11-21' };

interface Version {
  readonly at: string;
  readonly status: RiskStatus;
  readonly probability: number;
  readonly impact: number;
  readonly scoreHundredths: number;
  readonly dueDate: string | null;
  readonly deleted: boolean;
}
type Risk = readonly Version[];

const plain = {
  status: 'DRAFT',
  probability: 3,
  impact: 3,
  scoreHundredths: 900,
  dueDate: null,
  deleted: false,
} as const;

/** Any instant of the last 420 days, often the first or the last millisecond of a day, often the edge of a period. */
const instant = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 420 }), fc.constantFrom(0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 364, 365, 366)),
    fc.oneof(fc.constantFrom(0, DAY_MS - 1), fc.integer({ min: 0, max: DAY_MS - 1 })),
  )
  .map(([daysAgo, ms]) => new Date(Date.parse(TODAY) - daysAgo * DAY_MS + ms).toISOString());

const state = fc.record({
  status: fc.constantFrom(...RISK_STATUSES, 'CLOSED' as const, 'MITIGATED' as const),
  probability: fc.integer({ min: 1, max: 5 }),
  impact: fc.integer({ min: 1, max: 5 }),
  scoreHundredths: fc.oneof(fc.integer({ min: 80, max: 3750 }), fc.constantFrom(1499, 1500, 999, 1000, 2000)),
  dueDate: fc.option(
    fc
      .oneof(fc.integer({ min: -60, max: 420 }), fc.constantFrom(-1, 0, 1, 6, 7, 8, 29, 30, 31))
      .map((days) => daysBefore(TODAY, days)),
  ),
  deleted: fc.boolean(),
});

const risk: fc.Arbitrary<Risk> = fc
  .array(fc.tuple(instant, state), { minLength: 1, maxLength: 7 })
  .map((versions) =>
    versions.map(([at, rest]) => ({ at, ...rest })).sort((one, other) => (one.at < other.at ? -1 : 1)),
  );

const register = fc.array(risk, { maxLength: 14 });

describe('the dashboard', () => {
  let test: TestDatabase;
  let open: OpenDatabase;
  let dashboard: DashboardReader;
  let snapshots: DailySnapshots;

  beforeAll(async () => {
    test = await createTestDatabase();
    open = await openDatabase(test.applicationUrl);
    const register = new RiskStatisticsReader(open.database);
    snapshots = new DailySnapshots(open.database, register);
    const days = new RegisterDaysReader(register, snapshots);
    dashboard = new DashboardReader(register, new MitigationStatisticsReader(open.database), days);
  });
  afterAll(async () => {
    await open.close();
    await test.drop();
  });

  it('counts what counting every risk by hand counts, now and at the start of every period', async () => {
    await fc.assert(
      fc.asyncProperty(register, async (risks) => {
        const tenantId = await store(open, risks);
        for (const period of PERIODS) {
          const stats = await asTenant(tenantId, () => dashboard.stats(period, TODAY));
          const since = period === 'all' ? null : dates[period];
          const now = countByHand(
            risks.map((versions) => versions.at(-1)),
            TODAY,
          );
          const before = since === null ? null : asOf(risks, `${since}T00:00:00.000Z`, since);
          const change = before && subtract(now, before);
          expect(stats).toEqual({ period, today: TODAY, since, ...now, previous: before, change });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('counts every cell of the matrix', async () => {
    await fc.assert(
      fc.asyncProperty(register, async (risks) => {
        const tenantId = await store(open, risks);
        const { cells } = await asTenant(tenantId, () => dashboard.riskMatrix());
        const live = risks.flatMap((versions) => versions.slice(-1)).filter(({ deleted }) => !deleted);
        const expected = [1, 2, 3, 4, 5].flatMap((probability) =>
          [1, 2, 3, 4, 5].map((impact) => ({
            probability,
            impact,
            count: live.filter((each) => each.probability === probability && each.impact === impact).length,
          })),
        );
        expect(cells).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('draws the trend that replaying the history day by day draws, up to the numbers of now', async () => {
    await fc.assert(
      fc.asyncProperty(
        register,
        fc.oneof(fc.constantFrom(1, 7, 30, 365), fc.integer({ min: 1, max: 365 })),
        async (risks, days) => {
          const tenantId = await store(open, risks);
          const trends = await asTenant(tenantId, () => dashboard.trends(days, TODAY));
          expect(trends).toEqual({ days, points: replay(risks, days) });

          const stats = await asTenant(tenantId, () => dashboard.stats('all', TODAY));
          const { averageScore, globalRiskScore, risksByStatus, totalRisks } = stats;
          if (risks.length === 0) return;
          const unclosed = totalRisks - risksByStatus.CLOSED;
          expect(trends.points.at(-1)).toMatchObject({ date: TODAY, averageScore, globalRiskScore, open: unclosed });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('draws the same trend from snapshots as from history', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        register,
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 3 }),
        fc.oneof(fc.constantFrom(1, 3, 4, 5, 30, 365), fc.integer({ min: 1, max: 365 })),
        async (risks, lost, days) => {
          const tenantId = await store(open, risks);
          taken += (await asTenant(tenantId, () => snapshots.take({ period: new Date(TODAY) }))).days;
          for (const daysAgo of lost) await forget(tenantId, daysBefore(TODAY, daysAgo));
          const trends = await asTenant(tenantId, () => dashboard.trends(days, TODAY));
          expect(trends).toEqual({ days, points: replay(risks, days) });
          for (const period of ['week', 'month', 'quarter', 'year'] as const) {
            const { previous } = await asTenant(tenantId, () => dashboard.stats(period, TODAY));
            expect(previous).toEqual(asOf(risks, `${dates[period]}T00:00:00.000Z`, dates[period]));
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('takes each snapshot once, of settled days only, and draws from them', async () => {
    const tenantId = await store(open, [[{ ...plain, at: '2026-10-01T12:00:00.000Z' }]]);
    const take = () => asTenant(tenantId, () => snapshots.take({ period: new Date(TODAY) }));
    // From 1 October to three days ago.
    expect(await take()).toEqual({ days: 49 });
    expect(await take()).toEqual({ days: 0 });
    const whole = await asTenant(tenantId, () => dashboard.trends(365, TODAY));
    expect(whole.points).toHaveLength(52);
    await asOwnWork(tenantId, `UPDATE register_days SET created = 7 WHERE tenant_id = $1 AND day = '2026-11-18'`);
    const marked = await asTenant(tenantId, () => dashboard.trends(30, TODAY));
    expect(marked.points.find(({ date }) => date === '2026-11-18')?.created).toBe(7);
    // Where one is missing nothing is drawn from them, until it has been taken.
    await forget(tenantId, '2026-11-01');
    expect((await asTenant(tenantId, () => dashboard.trends(365, TODAY))).points).toEqual(whole.points);
    expect(await take()).toEqual({ days: 1 });
  });

  it('begins the trend with the first millisecond of its first day', async () => {
    const tenantId = await store(open, [
      [{ ...plain, at: '2026-10-22T23:59:59.999Z' }],
      [{ ...plain, at: '2026-10-23T00:00:00.000Z' }],
    ]);
    const { points } = await asTenant(tenantId, () => dashboard.trends(30, TODAY));
    expect(points).toHaveLength(30);
    expect(points[0]).toMatchObject({ date: '2026-10-23', open: 2, created: 1 });
  });

  const asOwnWork = (tenantId: string, statement: string, ...values: unknown[]): Promise<unknown> =>
    open.database.transaction((tx) => tx.query(statement, [tenantId, ...values]), { tenantId });
  const forget = (tenantId: string, day: string): Promise<unknown> =>
    asOwnWork(tenantId, 'DELETE FROM register_days WHERE tenant_id = $1 AND day = $2', day);

  it('ends the trend with the present even when the clock of the database is past midnight already', async () => {
    const tenantId = await store(open, [[{ ...plain, at: '2026-11-22T00:00:00.500Z' }]]);
    const { points } = await asTenant(tenantId, () => dashboard.trends(30, TODAY));
    const point = { date: TODAY, averageScore: 9, globalRiskScore: 64, open: 1, created: 1, closed: 0 };
    expect(points).toEqual([point]);
  });

  it('says of an empty register what is known: nothing', async () => {
    const tenantId = await store(open, []);
    const stats = await asTenant(tenantId, () => dashboard.stats('month', TODAY));
    expect(stats).toMatchObject({ totalRisks: 0, averageScore: 0, globalRiskScore: 100, previous: null, change: null });
    expect(await asTenant(tenantId, () => dashboard.trends(30, TODAY))).toEqual({ days: 30, points: [] });
  });

  it('shows a tenant nothing of another', async () => {
    await store(open, [[{ ...plain, at: '2026-11-01T00:00:00.000Z' }]]);
    const other = await store(open, []);
    expect(await asTenant(other, () => dashboard.stats('all', TODAY))).toMatchObject({ totalRisks: 0 });
    expect((await asTenant(other, () => dashboard.trends(30, TODAY))).points).toEqual([]);
  });
});

function asTenant<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  return runInContext({ requestId: 'test', actor: { userId: randomUUID(), tenantId } }, work);
}

/** The rules in their plainest form: one risk after the other, nothing shared with the code under test. */
function countByHand(states: readonly (Version | undefined)[], today: string) {
  const live = states.filter((version) => version !== undefined && !version.deleted) as Version[];
  const count = (matches: (version: Version) => boolean): number => live.filter(matches).length;
  const settled = new Set<string>(SETTLED_STATUSES);
  const total = live.reduce((sum, { scoreHundredths }) => sum + BigInt(scoreHundredths), 0n);
  return {
    totalRisks: live.length,
    highRisks: count(({ scoreHundredths }) => scoreHundredths >= 1500),
    mitigatedRisks: count(({ status }) => status === 'MITIGATED'),
    overdueRisks: count(({ dueDate, status }) => dueDate !== null && dueDate < today && !settled.has(status)),
    ...averages(total, BigInt(live.length)),
    risksBySeverity: Object.fromEntries(
      SEVERITIES.map((severity) => [
        severity,
        count((version) => severityOf(version.scoreHundredths / 100, DEFAULT_THRESHOLDS) === severity),
      ]),
    ),
    risksByStatus: Object.fromEntries(
      RISK_STATUSES.map((status) => [status, count((version) => version.status === status)]),
    ),
  };
}

/** In thousandths and by looking at the last digit, so unlike the code under test. */
function averages(total: bigint, count: bigint): { averageScore: number; globalRiskScore: number } {
  if (count === 0n) return { averageScore: 0, globalRiskScore: 100 };
  const thousandths = (total * 10n) / count;
  const averageScore = Number(thousandths / 10n + (thousandths % 10n >= 5n ? 1n : 0n)) / 100;
  const left = 10_000n * count - 4n * total;
  const whole = left < 0n ? 0n : left / (100n * count);
  const rest = left < 0n ? 0n : left % (100n * count);
  return { averageScore, globalRiskScore: Number(2n * rest >= 100n * count ? whole + 1n : whole) };
}

function asOf(risks: readonly Risk[], until: string, today: string): ReturnType<typeof countByHand> | null {
  const then = risks.map((versions) => versions.findLast(({ at }) => at < until));
  return then.every((version) => version === undefined) ? null : countByHand(then, today);
}

function subtract(now: object, before: object): object {
  return Object.fromEntries<unknown>(
    Object.entries(now).map(([name, value]: [string, number | object]) => {
      const old = (before as Record<string, number | object>)[name];
      if (typeof value === 'object' || typeof old === 'object') return [name, subtract(value as object, old as object)];
      return [name, Number((value - Number(old)).toFixed(2))];
    }),
  );
}

function replay(risks: readonly Risk[], days: number): object[] {
  const first = risks
    .flatMap((versions) => versions.slice(0, 1))
    .map(({ at }) => at)
    .sort()[0]
    ?.slice(0, 10);
  const all = Array.from({ length: days }, (_, index) => daysBefore(TODAY, days - 1 - index));
  return all
    .filter((date) => first !== undefined && date >= first)
    .map((date) => {
      const states = risks.map((versions) => versions.findLast(({ at }) => at.slice(0, 10) <= date));
      const { averageScore, globalRiskScore, totalRisks, risksByStatus } = countByHand(states, date);
      const on = ({ at }: Version): boolean => at.startsWith(date);
      return {
        date,
        averageScore,
        globalRiskScore,
        open: totalRisks - (risksByStatus['CLOSED'] ?? 0),
        created: risks.filter(([version]) => version && on(version)).length,
        closed: risks.flatMap((versions) =>
          versions.filter(
            (version, index) => on(version) && version.status === 'CLOSED' && versions[index - 1]?.status !== 'CLOSED',
          ),
        ).length,
      };
    });
}

/** A tenant of its own with this register. */
async function store({ database }: OpenDatabase, risks: readonly Risk[]): Promise<string> {
  const id = randomUUID();
  const member = { email: `${id}@example.test`, name: 'Somebody', role: 'admin', passwordHash: 'none' } as const;
  await createTenant(database, { id, name: 'Random', slug: id, members: [member] });
  const rows = risks.flatMap((versions) => {
    const riskId = randomUUID();
    return versions.map((version, index) => ({
      riskId,
      version: index + 1,
      ...version,
      score: version.scoreHundredths / 100,
      severity: severityOf(version.scoreHundredths / 100, DEFAULT_THRESHOLDS),
      last: index === versions.length - 1,
    }));
  });
  await database.transaction(
    async (tx) => {
      await tx.query(
        `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity, status, due_date, version, created_at,
           updated_at, deleted_at)
         SELECT $1, "riskId", 'Random', probability, impact, score, severity, status, "dueDate", version, at, at,
           CASE WHEN deleted THEN at END
         FROM jsonb_to_recordset($2::jsonb) AS r ("riskId" uuid, version int, at timestamptz, status text, probability int,
           impact int, score numeric, severity text, "dueDate" date, deleted bool, last bool)
         WHERE last`,
        [id, JSON.stringify(rows)],
      );
      await tx.query(
        `INSERT INTO risk_history (tenant_id, risk_id, version, at, action, status, severity, score, probability, impact,
           due_date, source, deleted, snapshot)
         SELECT $1, "riskId", version, at, 'UPDATED', status, severity, score, probability, impact, "dueDate", 'MANUAL',
           deleted, '{}'
         FROM jsonb_to_recordset($2::jsonb) AS r ("riskId" uuid, version int, at timestamptz, status text, probability int,
           impact int, score numeric, severity text, "dueDate" date, deleted bool)`,
        [id, JSON.stringify(rows)],
      );
    },
    { tenantId: id },
  );
  return id;
}
