import { RISK_JSON } from '../../src/risk/risk-json';
import {
  INITIAL_STATUSES,
  reasonAgainst,
  RISK_STATUSES,
  type RiskStatus,
} from '../../src/risk/lifecycle/risk-lifecycle';
import { DEFAULT_THRESHOLDS, riskScore, SEVERITIES, severityOf } from '../../src/risk/risk-score';
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

  function versions(): Version[] {
    return [...histories.values()].flat();
  }

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
    const last = current.map(({ id }) => histories.get(id)?.at(-1)?.snapshot);
    expect(last).toEqual(current);
    expect(histories.size).toBe(current.length);
  });

  it('tells in the columns of the history what the snapshot says', () => {
    const said = versions().map(({ snapshot }) => {
      const { version, status, severity, score, residualScore, probability, impact, dueDate, source } = snapshot;
      const deleted = snapshot.deletedAt !== null;
      return { version, status, severity, score, residualScore, probability, impact, dueDate, source, deleted };
    });
    expect(versions().map(({ columns }) => columns)).toEqual(said);
    expect(versions().map(({ at }) => at.toISOString())).toEqual(versions().map(({ snapshot }) => snapshot.updatedAt));
  });

  it('scores every version by the rule', () => {
    const wrong = versions().filter(({ snapshot }) => {
      const criticalities = snapshot.assets.map(({ criticality }) => criticality);
      const { score, severity, residualProbability: probability, residualImpact: impact, residualScore } = snapshot;
      const residual = probability && impact ? riskScore({ probability, impact }, criticalities) : null;
      const expected = riskScore(snapshot, criticalities);
      const isRight = score === expected && severity === severityOf(expected, DEFAULT_THRESHOLDS);
      return !isRight || residualScore !== residual;
    });
    expect(wrong).toEqual([]);
  });

  it('makes one version per change, in order, over 18 months and before today', () => {
    for (const versions of histories.values()) {
      expect(versions.map(({ snapshot }) => snapshot.version)).toEqual(versions.map((_, index) => index + 1));
      const instants = versions.map(({ at }) => at.getTime());
      expect(instants).toEqual([...new Set(instants)].sort((one, other) => one - other));
      const changes = versions.slice(1).map(({ snapshot }, index) => differing(versions[index]?.snapshot, snapshot));
      expect(versions.map(({ changedFields }) => [...changedFields].sort())).toEqual([[], ...changes]);
      expect(changes.filter((fields) => fields.length === 0)).toEqual([]);
    }
    const instants = versions().map(({ at }) => at.getTime());
    expect(Math.max(...instants)).toBeLessThan(Date.parse(TODAY));
    expect((Date.parse(TODAY) - Math.min(...instants)) / 86_400_000).toBeGreaterThan(500);
  });

  it('moves risks only as the lifecycle allows', () => {
    const illegal = [...histories.values()].flatMap((own) =>
      own.filter(({ action, snapshot: { status } }, index) => {
        const from = own[index - 1]?.snapshot.status;
        if (from === undefined) return !INITIAL_STATUSES.some((initial) => initial === status);
        return from === status ? action === 'TRANSITIONED' : action !== 'TRANSITIONED' || !moveIsLegal(from, status);
      }),
    );
    expect(illegal).toEqual([]);
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

  it('stays as it is when it is to be made again', async () => {
    const again = [1, 2].map(() => createDemoTenant(open.database, { passwordHash: 'other', today: '2027-01-01' }));
    expect(await Promise.all(again)).toEqual([false, false]);
    expect(await currentRisks(open)).toEqual(current);
  });

  it('is made once by processes that start together, and is the same for the same seed and day only', async () => {
    const elsewhere = await createTestDatabase();
    const database = await openDatabase(elsewhere.applicationUrl);
    const make = () => createDemoTenant(database.database, { passwordHash: 'hash', today: TODAY });
    expect((await Promise.all([make(), make()])).sort()).toEqual([false, true]);
    expect(await historiesOf(database)).toEqual(histories);
    await database.close();
    await elsewhere.drop();
  });

  it('is another for another seed', async () => {
    const elsewhere = await createTestDatabase();
    const database = await openDatabase(elsewhere.applicationUrl);
    await createDemoTenant(database.database, { passwordHash: 'hash', today: TODAY, seed: 2 });
    const titles = (await currentRisks(database)).map(({ title }) => title);
    expect(titles).not.toEqual(current.map(({ title }) => title));
    await database.close();
    await elsewhere.drop();
  });
});

function moveIsLegal(from: RiskStatus, to: RiskStatus): boolean {
  return (
    reasonAgainst(from, to, { mitigations: 1, activeMitigations: to === 'IN_TREATMENT' ? 1 : 0, accepted: true }) ===
    null
  );
}

/** Names, sorted, of the fields in which two versions differ. */
function differing(before: RiskResponse | undefined, after: RiskResponse): string[] {
  const names = (Object.keys(after) as (keyof RiskResponse)[]).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after[name]),
  );
  return names.filter((name) => name !== 'version' && name !== 'updatedAt').sort();
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
