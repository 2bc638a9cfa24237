import { randomUUID } from 'node:crypto';
import { TallyCompaction } from '../../src/risk/statistics/tally-compaction';
import type { Transaction } from '../../src/database/session';
import { runInContext } from '../../src/context/request-context';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { Random } from '../history/random';
import { tallyDrift } from '../registers/tally-drift';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, withClient, type OpenDatabase } from '../support/open-database';
import { until } from '../support/until';

const STATUSES = ['DRAFT', 'IDENTIFIED', 'MITIGATED', 'ACCEPTED', 'CLOSED'];
const NAMES = ['ISO27001', 'NIST', 'SOC2'];
const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** What is kept with every change equals what counting all risks counts, whoever changes them and however. */
describe('the tallies of the register', () => {
  let test: TestDatabase;
  let open: OpenDatabase;
  const tenants = [randomUUID(), randomUUID()];
  const seed = Math.floor(Math.random() * 1e6);
  const random = new Random(seed);

  beforeAll(async () => {
    test = await createTestDatabase();
    open = await openDatabase(test.applicationUrl);
    for (const id of tenants) {
      const member = { email: `${id}@example.test`, name: 'Somebody', role: 'admin', passwordHash: 'none' } as const;
      await createTenant(open.database, { id, name: 'Random', slug: id, members: [member] });
    }
  });
  afterAll(async () => {
    await open.close();
    await test.drop();
  });

  const asTenant = <T>(tenantId: string, work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'test', tenantId }, work);
  const change = (tenantId: string, work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
    open.database.transaction(work, { tenantId });

  const insert = (tx: Transaction): Promise<unknown> =>
    tx.query(
      `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity, status, due_date, category, frameworks)
       SELECT $1, gen_random_uuid(), 'Random', 1 + n % 5, 1 + n % 3, $3::float8 + n, ($4::text[])[1 + n % 4], $5,
              CASE WHEN n % 2 = 0 THEN $6::date END, ($7::text[])[n % 4], ($7::text[])[n % 3 : n % 4]
         FROM generate_series(1, $2::int) n`,
      [
        ...[tx.tenantId, 1 + Math.floor(random.next() * 6), Math.round(random.next() * 3000) / 100, SEVERITIES],
        ...[random.pick(STATUSES), random.pick(['2020-01-01', '2026-01-01', '2030-01-01']), NAMES],
      ],
    );

  const update = (tx: Transaction): Promise<unknown> => {
    const assignments = [
      `status = '${random.pick(STATUSES)}'`,
      `score = ${Math.round(random.next() * 3700) / 100}, severity = '${random.pick(SEVERITIES)}'`,
      `probability = ${1 + Math.floor(random.next() * 5)}`,
      `due_date = ${random.pick(["'2020-01-01'", "'2031-01-01'", 'NULL'])}`,
      `deleted_at = ${random.pick(['now()', 'NULL'])}`,
      `category = ${random.pick(["'NIST'", "'Malware'", 'NULL'])}`,
      `frameworks = ${random.pick(["'{}'", "'{SOC2}'", "'{SOC2,NIST}'"])}`,
      `owner_id = ${random.pick(['NULL', '(SELECT user_id FROM memberships m WHERE m.tenant_id = risks.tenant_id LIMIT 1)'])}`,
      `title = 'Something else'`,
    ];
    return tx.query(
      `UPDATE risks SET ${random.pick(assignments)} WHERE tenant_id = $1 AND id IN (
         SELECT id FROM risks WHERE tenant_id = $1 ORDER BY md5(id::text || $2) LIMIT $3)`,
      [tx.tenantId, String(random.next()), 1 + Math.floor(random.next() * 4)],
    );
  };

  const mitigate = (tx: Transaction): Promise<unknown> =>
    tx.query(
      `INSERT INTO mitigations (tenant_id, id, risk_id, title)
       SELECT $1, gen_random_uuid(), id, 'Random' FROM risks WHERE tenant_id = $1 ORDER BY md5(id::text || $2) LIMIT 2`,
      [tx.tenantId, String(random.next())],
    );

  const drift = (): Promise<unknown[]> => tallyDrift(test.adminUrl);

  it('are right after any change, of one or of many, also at the same time and rolled back', async () => {
    let rolledBack = 0;
    for (let round = 0; round < 60; round++) {
      const works = Array.from({ length: 4 }, () => {
        const tenantId = random.pick(tenants);
        const steps = Array.from({ length: 3 }, () => random.pick([insert, update, update, mitigate]));
        const fails = random.chance(0.2);
        return change(tenantId, async (tx) => {
          for (const step of steps) await step(tx);
          if (fails) throw new Error('rolled back');
        }).catch((error: unknown) => {
          // Two of them may have locked what the other needs: that is rolled back as well.
          if (!/rolled back|conflict|same time/i.test(String(error))) throw error;
          rolledBack++;
        });
      });
      await Promise.all(works);
      if (round % 10 === 9) expect({ seed, drift: await drift() }).toEqual({ seed, drift: [] });
    }
    expect(rolledBack).toBeGreaterThan(10);
  }, 180_000);

  it('stay right when many rows become few, while others write', async () => {
    const compaction = new TallyCompaction(open.database);
    const [tenantId = ''] = tenants;
    const rows = () =>
      withClient(test.adminUrl, async (sql) => {
        const counts: number[] = [];
        for (const table of ['risk_tallies', 'risk_groups']) {
          const { rows: counted } = await sql.query(`SELECT FROM ${table} WHERE tenant_id = $1`, [tenantId]);
          counts.push(counted.length);
        }
        return counts;
      });
    // Below 500 neither is made shorter, and who writes meanwhile makes it longer.
    while (Math.min(...(await rows())) <= 600) await change(tenantId, (tx) => Promise.all([insert(tx), update(tx)]));
    await Promise.all([
      asTenant(tenantId, () => compaction.compact()),
      asTenant(tenantId, () => compaction.compact()),
      ...Array.from({ length: 4 }, () => change(tenantId, insert)),
    ]);
    expect(Math.max(...(await rows()))).toBeLessThan(500);
    expect(await drift()).toEqual([]);
  }, 180_000);

  it('are right for a mitigation that comes while its risk is changed', async () => {
    const [tenantId = ''] = tenants;
    const id = randomUUID();
    await change(tenantId, (tx) =>
      tx.query(
        `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity) VALUES ($1, $2, 'R', 1, 1, 1, 'LOW')`,
        [tenantId, id],
      ),
    );
    await withClient(test.adminUrl, async (sql) => {
      await sql.query('BEGIN');
      await sql.query('UPDATE risks SET score = 20 WHERE id = $1', [id]);
      const added = change(tenantId, (tx) =>
        tx.query(`INSERT INTO mitigations (tenant_id, id, risk_id, title) VALUES ($1, gen_random_uuid(), $2, 'M')`, [
          ...[tenantId, id],
        ]),
      );
      await until(async () => {
        // Inside a transaction the activity would stay as it was first seen.
        await sql.query('SELECT pg_stat_clear_snapshot()');
        const blocked = `SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
        return (await sql.query(blocked)).rowCount === 1;
      });
      await sql.query('COMMIT');
      await added;
    });
    expect(await drift()).toEqual([]);
  });

  it('are right after a member whose risks they were has left', async () => {
    const [tenantId = ''] = tenants;
    await withClient(test.adminUrl, async (sql) => {
      await sql.query(
        'UPDATE risks SET owner_id = m.user_id, assignee_id = m.user_id FROM memberships m WHERE m.tenant_id = $1 AND risks.tenant_id = $1',
        [tenantId],
      );
      // Risks lose their owner by the hand of the tables' owner, who is bound by row level security.
      await sql.query("SELECT set_config('app.tenant_id', $1, false)", [tenantId]);
      await sql.query('DELETE FROM memberships WHERE tenant_id = $1', [tenantId]);
    });
    expect(await drift()).toEqual([]);
  });
});
