import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { TableStatistics } from '../../src/database/table-statistics';
import { makeRegister } from '../bench/growth/register';
import { addTenant } from '../support/audit-chain';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, type OpenDatabase } from '../support/open-database';
import { until } from '../support/until';

const RISKS = 2_000;

describe('what Postgres knows of its tables', () => {
  let testDatabase: TestDatabase;
  let admin: Client;
  let opened: OpenDatabase;
  let statistics: TableStatistics;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    admin = new Client({ connectionString: testDatabase.adminUrl });
    await admin.connect();
    opened = await openDatabase(testDatabase.applicationUrl);
    statistics = opened.module.get(TableStatistics);
    // Nobody else is to do it meanwhile, and not by itself.
    statistics.beforeApplicationShutdown();
    for (const table of ['risks', 'risk_history', 'mitigations'])
      await admin.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  });
  afterEach(async () => {
    await opened.close();
    await admin.end();
    await testDatabase.drop();
  });

  const fill = async (risks: number): Promise<string> => {
    const tenant = await addTenant(admin);
    const userId = randomUUID();
    await admin.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Somebody', 'none')`, [
      ...[userId, `${userId}@example.test`],
    ]);
    await admin.query('SET session_replication_role = replica');
    await makeRegister(admin, tenant, userId, risks);
    await admin.query('SET session_replication_role = origin');
    // What a session has done is told seconds later.
    await admin.query('SELECT pg_stat_force_next_flush()');
    return tenant;
  };

  /** As it believes. */
  const rowsOf = async (tenant: string): Promise<number> => {
    const { rows } = await admin.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      `EXPLAIN (FORMAT JSON) SELECT * FROM risk_history WHERE tenant_id = '${tenant}'`,
    );
    return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? NaN;
  };

  it('is told soon after a tenant was filled', async () => {
    await fill(30);
    await admin.query('ANALYZE');
    const tenant = await fill(RISKS);
    expect(await rowsOf(tenant)).toBeLessThan(10);
    expect(await statistics.refresh()).toEqual(expect.arrayContaining(['public.risk_history', 'public.risks']));
    expect(await rowsOf(tenant)).toBeGreaterThan(RISKS / 2);
    expect(await statistics.refresh()).toEqual([]);
  });

  it('is told by every process, unasked', async () => {
    await fill(30);
    await admin.query('ANALYZE');
    const process = await openDatabase(testDatabase.applicationUrl);
    try {
      const tenant = await fill(RISKS);
      expect(await rowsOf(tenant)).toBeLessThan(10);
      await until(async () => (await rowsOf(tenant)) > RISKS / 2, 60_000);
    } finally {
      await process.close();
    }
  }, 90_000);

  it('is told of little among much as well, but not all the time', async () => {
    await fill(12 * RISKS);
    await admin.query('ANALYZE');
    const tenant = await fill(RISKS);
    expect(await statistics.refresh()).toEqual([]);
    expect(await rowsOf(tenant)).toBeLessThan(10);
    expect(await statistics.refresh(0)).toContain('public.risk_history');
    expect(await rowsOf(tenant)).toBeGreaterThan(RISKS / 2);
  });

  it('is not told of a few changes, nor by waiting for who is at a table', async () => {
    await fill(200);
    expect(await statistics.refresh()).toEqual([]);
    await fill(RISKS);
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE risks IN SHARE UPDATE EXCLUSIVE MODE');
    expect(await statistics.refresh()).toContain('public.risk_history');
    await admin.query('ROLLBACK');
    expect(await statistics.refresh()).toEqual(['public.risks']);
  });
});
