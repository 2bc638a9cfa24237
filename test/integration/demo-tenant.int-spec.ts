import { RISK_JSON } from '../../src/risk/risk-json';
import { reasonAgainst, RISK_STATUSES, type RiskStatus } from '../../src/risk/risk-lifecycle';
import { riskScore, SEVERITIES, severityOf } from '../../src/risk/risk-score';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { createDemoTenant, DEMO_TENANT_ID } from '../../src/start/demo/create-demo-tenant';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, type OpenDatabase } from '../support/open-database';

const TODAY = '2026-11-21';
const scope = { tenantId: DEMO_TENANT_ID };

interface Version {
  readonly at: Date;
  readonly action: string;
  readonly changedFields: string[];
  readonly columns: Record<string, unknown>;
  readonly snapshot: RiskResponse;
}

describe('the demo tenant', () => {
  let test: TestDatabase;
  let open: OpenDatabase;
  let tookMs: number;
  let current: RiskResponse[];
  let histories: Map<string, Version[]>;

  beforeAll(async () => {
    test = await createTestDatabase();
    open = await openDatabase(test.applicationUrl);
    const start = performance.now();
    expect(await createDemoTenant(open.database, { passwordHash: 'hash', today: TODAY })).toBe(true);
    tookMs = performance.now() - start;
    current = await currentRisks(open);
    histories = await historiesOf(open);
  });

  afterAll(async () => {
    await open.close();
    await test.drop();
  });

  function live(): RiskResponse[] {
    return current.filter(({ deletedAt }) => deletedAt === null);
  }

  it('is there within seconds', () => {
    expect(tookMs).toBeLessThan(10_000);
    process.stdout.write(`demo tenant: ${Math.round(tookMs)} ms\n`);
  });

  it('has hundreds of risks, in every status and severity, no two with the same title', () => {
    expect(live().length).toBeGreaterThanOrEqual(500);
    const found = new Set(live().map(({ status, severity }) => `${status} ${severity}`));
    expect(found.size).toBe(RISK_STATUSES.length * SEVERITIES.length);
    expect(new Set(current.map(({ title }) => title)).size).toBe(current.length);
  });

  it('looks lived in: overdue, reviewed, imported, deleted and restored risks', () => {
    const isOverdue = ({ status, dueDate }: RiskResponse): boolean =>
      dueDate !== null && dueDate < TODAY && !['MITIGATED', 'ACCEPTED', 'CLOSED'].includes(status);
    expect(live().filter(isOverdue).length).toBeGreaterThan(20);
    expect(live().filter(({ nextReviewAt }) => nextReviewAt !== null).length).toBeGreaterThan(20);
    expect(new Set(live().map(({ source }) => source))).toEqual(new Set(['MANUAL', 'IMPORT', 'CONNECTOR']));
    expect(current.length - live().length).toBeGreaterThan(5);
    const actions = new Set([...histories.values()].flat().map(({ action }) => action));
    expect(actions).toEqual(new Set(['CREATED', 'IMPORTED', 'UPDATED', 'TRANSITIONED', 'DELETED', 'RESTORED']));
  });

  it('ends every history with the risk as it is now', () => {
    expect(histories.size).toBe(current.length);
    for (const risk of current) expect(histories.get(risk.id)?.at(-1)?.snapshot).toEqual(risk);
  });

  it('tells in the columns of the history what the snapshot says', () => {
    for (const { at, columns, snapshot } of [...histories.values()].flat()) {
      const { version, status, severity, score, residualScore, probability, impact, dueDate, source } = snapshot;
      const deleted = snapshot.deletedAt !== null;
      const said = { version, status, severity, score, residualScore, probability, impact, dueDate, source, deleted };
      expect(columns).toEqual(said);
      expect(snapshot.updatedAt).toBe(at.toISOString());
    }
  });

  it('scores every version by the rule', () => {
    for (const { snapshot } of [...histories.values()].flat()) {
      const criticalities = snapshot.assets.map(({ criticality }) => criticality);
      expect(snapshot.score).toBe(riskScore(snapshot, criticalities));
      expect(snapshot.severity).toBe(severityOf(snapshot.score));
      const { residualProbability: probability, residualImpact: impact } = snapshot;
      const residual = probability && impact ? riskScore({ probability, impact }, criticalities) : null;
      expect(snapshot.residualScore).toBe(residual);
    }
  });

  it('makes one version per change, in order, over 18 months and before today', () => {
    const all = [...histories.values()].flat();
    for (const versions of histories.values()) {
      expect(versions.map(({ snapshot }) => snapshot.version)).toEqual(versions.map((_, index) => index + 1));
      for (const [index, version] of versions.entries()) {
        const before = versions[index - 1];
        expect(version.at.getTime()).toBeGreaterThan(before?.at.getTime() ?? 0);
        expect(version.changedFields).toEqual(before ? differing(before.snapshot, version.snapshot) : []);
        expect(version.changedFields.length > 0).toBe(before !== undefined);
      }
    }
    const instants = all.map(({ at }) => at.getTime());
    expect(Math.max(...instants)).toBeLessThan(Date.parse(TODAY));
    expect((Date.parse(TODAY) - Math.min(...instants)) / 86_400_000).toBeGreaterThan(500);
  });

  it('moves risks only as the lifecycle allows', () => {
    for (const versions of histories.values()) {
      expect(['DRAFT', 'IDENTIFIED']).toContain(versions[0]?.snapshot.status);
      for (const [index, { action, snapshot }] of versions.entries()) {
        const from = versions[index - 1]?.snapshot.status ?? snapshot.status;
        expect(from !== snapshot.status).toBe(action === 'TRANSITIONED');
        if (from !== snapshot.status) expect(moveIsLegal(from, snapshot.status)).toBe(true);
      }
    }
  });

  it('treats risks as their status demands, also in the past', async () => {
    const mitigations = await open.database.read(
      (session) =>
        session.query<{ riskId: string; status: string; createdAt: Date; completedAt: Date | null; endedAt: Date }>(
          `SELECT risk_id AS "riskId", status, created_at AS "createdAt", completed_at AS "completedAt", updated_at AS "endedAt"
             FROM mitigations`,
        ),
      scope,
    );
    const isOver = ({ status }: { status: string }): boolean => status === 'DONE' || status === 'CANCELLED';
    for (const [riskId, versions] of histories) {
      const own = mitigations.filter((mitigation) => mitigation.riskId === riskId);
      const activeAt = (instant: Date): number =>
        own.filter((each) => each.createdAt <= instant && !(isOver(each) && each.endedAt <= instant)).length;
      for (const { at, action, snapshot } of versions) {
        if (action !== 'TRANSITIONED') continue;
        if (snapshot.status === 'IN_TREATMENT') expect(activeAt(at)).toBeGreaterThan(0);
        if (snapshot.status === 'MITIGATED') expect(activeAt(at)).toBe(0);
      }
      const now = versions.at(-1)?.snapshot.status;
      if (now === 'IN_TREATMENT') expect(own.some((each) => !isOver(each))).toBe(true);
      if (now === 'MITIGATED') expect(own.some(({ status }) => status === 'DONE') && own.every(isOver)).toBe(true);
      for (const { status, completedAt } of own) expect(completedAt !== null).toBe(status === 'DONE');
    }
  });

  it('derives the progress of a mitigation from its sub-actions', async () => {
    const wrong = await open.database.read(
      (session) =>
        session.query(
          `SELECT m.id FROM mitigations m JOIN mitigation_sub_actions s ON s.mitigation_id = m.id
            GROUP BY m.id, m.progress, m.status
           HAVING m.progress <> round(100.0 * count(*) FILTER (WHERE s.done) / count(*))
               OR (m.status = 'DONE' AND m.progress <> 100)`,
        ),
      scope,
    );
    expect(wrong).toEqual([]);
  });

  it('has one account per role, and colleagues who may not do more than a manager', async () => {
    const members = await open.database.read(
      (session) =>
        session.query<{ email: string; role: string }>(
          `SELECT u.email, r.key AS role FROM memberships m JOIN users u ON u.id = m.user_id
             JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`,
        ),
      scope,
    );
    for (const role of ['viewer', 'analyst', 'manager', 'admin']) {
      expect(members).toContainEqual({ email: `${role}@demo.openrisk.local`, role });
    }
    expect(members.filter(({ role }) => role === 'admin')).toHaveLength(1);
  });

  it('is made once, also when two processes start together', async () => {
    const again = [1, 2].map(() => createDemoTenant(open.database, { passwordHash: 'other', today: '2027-01-01' }));
    expect(await Promise.all(again)).toEqual([false, false]);
    expect(await currentRisks(open)).toEqual(current);
  });

  it('is the same for the same seed and day, and another for another seed', async () => {
    const same = await demoElsewhere({ passwordHash: 'hash', today: TODAY });
    expect(same).toEqual([...histories.values()].flat().map(({ snapshot }) => snapshot));
    const other = await demoElsewhere({ passwordHash: 'hash', today: TODAY, seed: 2 });
    expect(other).not.toEqual(same);
  });

  it('is made once by two processes that start together on an empty database', async () => {
    const elsewhere = await createTestDatabase();
    const database = await openDatabase(elsewhere.applicationUrl);
    const starts = [1, 2].map(() => createDemoTenant(database.database, { passwordHash: 'hash', today: TODAY }));
    expect((await Promise.all(starts)).sort()).toEqual([false, true]);
    await database.close();
    await elsewhere.drop();
  });
});

function moveIsLegal(from: RiskStatus, to: RiskStatus): boolean {
  return reasonAgainst(from, to, { activeMitigations: to === 'IN_TREATMENT' ? 1 : 0, accepted: true }) === null;
}

function differing(before: RiskResponse, after: RiskResponse): string[] {
  const changes = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof RiskResponse]),
  );
  const names = changes.map(([name]) => name).filter((name) => name !== 'version' && name !== 'updatedAt');
  return names.sort(inOrderOfRepresentation);
}

const representation = [
  'probability',
  'impact',
  'score',
  'severity',
  'residualProbability',
  'residualImpact',
  'residualScore',
  'status',
  'treatment',
  'assigneeId',
  'dueDate',
  'nextReviewAt',
  'tags',
  'deletedAt',
];

function inOrderOfRepresentation(one: string, other: string): number {
  return representation.indexOf(one) - representation.indexOf(other);
}

async function currentRisks({ database }: OpenDatabase): Promise<RiskResponse[]> {
  const rows = await database.read(
    (session) =>
      session.query<{ risk: RiskResponse }>(
        `SELECT ${RISK_JSON}::jsonb AS risk FROM risks r WHERE r.tenant_id = $1 ORDER BY r.id`,
        [session.tenantId],
      ),
    scope,
  );
  return rows.map(({ risk }) => risk);
}

async function historiesOf({ database }: OpenDatabase): Promise<Map<string, Version[]>> {
  const rows = await database.read(
    (session) =>
      session.query<Version & { riskId: string }>(
        `SELECT risk_id AS "riskId", at, action, changed_fields AS "changedFields", snapshot,
                jsonb_build_object('version', version, 'status', status, 'severity', severity, 'score', score,
                  'residualScore', residual_score, 'probability', probability, 'impact', impact, 'dueDate', due_date,
                  'source', source, 'deleted', deleted) AS columns
           FROM risk_history ORDER BY risk_id, version`,
      ),
    scope,
  );
  const histories = new Map<string, Version[]>();
  for (const { riskId, ...version } of rows) histories.set(riskId, [...(histories.get(riskId) ?? []), version]);
  return histories;
}

async function demoElsewhere(options: Parameters<typeof createDemoTenant>[1]): Promise<RiskResponse[]> {
  const test = await createTestDatabase();
  const open = await openDatabase(test.applicationUrl);
  await createDemoTenant(open.database, options);
  const histories = await historiesOf(open);
  await open.close();
  await test.drop();
  return [...histories.values()].flat().map(({ snapshot }) => snapshot);
}
