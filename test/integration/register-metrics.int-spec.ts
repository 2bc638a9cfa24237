import { randomUUID } from 'node:crypto';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { RegisterSweep } from '../../src/risk/register-metrics/register-sweep';
import type { Register } from '../../src/risk/register-metrics/register-figures';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, type OpenDatabase } from '../support/open-database';
import { until } from '../support/until';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

describe('the registers as metrics', () => {
  let test: TestDatabase;
  let open: OpenDatabase;
  const [one, other, gone] = [randomUUID(), randomUUID(), randomUUID()];

  beforeAll(async () => {
    test = await createTestDatabase();
    open = await openDatabase(test.applicationUrl);
    for (const id of [one, other, gone]) {
      const member = { email: `${id}@example.test`, name: 'Somebody', role: 'admin', passwordHash: 'none' } as const;
      await createTenant(open.database, { id, name: 'Tenant', slug: id, members: [member] });
    }
    await addRisks(one, 3, 'HIGH', 'IDENTIFIED', inDays(-2));
    await addRisks(one, 2, 'LOW', 'CLOSED', inDays(-2));
    await addRisks(other, 4, 'HIGH', 'IDENTIFIED', inDays(9));
    await addRisks(gone, 50, 'HIGH', 'IDENTIFIED', inDays(-2));
    await addMitigations(one, 'PLANNED', inDays(-2));
    await addMitigations(other, 'DONE', inDays(-2));
    await addAcceptance(one, 'PENDING', inDays(3));
    await addAcceptance(one, 'APPROVED', inDays(14));
    await addAcceptance(other, 'APPROVED', inDays(15));
    await change(gone, "UPDATE tenants SET status = 'DELETED' WHERE id = $1");
  });
  afterAll(async () => {
    await open.close();
    await test.drop();
  });

  const change = (tenantId: string, sql: string, ...values: unknown[]): Promise<unknown> =>
    open.database.transaction((tx) => tx.query(sql, [tenantId, ...values]), { tenantId });

  const addRisks = (tenant: string, count: number, severity: string, status: string, due: string): Promise<unknown> =>
    change(
      tenant,
      `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity, status, due_date)
       SELECT $1, gen_random_uuid(), 'Risk', 3, 3, 9, $3, $4, $5::date FROM generate_series(1, $2::int)`,
      ...[count, severity, status, due],
    );

  /** One for each risk of the tenant. */
  const addMitigations = (tenant: string, status: string, due: string): Promise<unknown> =>
    change(
      tenant,
      `INSERT INTO mitigations (tenant_id, id, risk_id, title, status, due_date, completed_at)
       SELECT $1, gen_random_uuid(), id, 'Mitigation', $2, $3::date, CASE WHEN $2 = 'DONE' THEN now() END
         FROM risks WHERE tenant_id = $1`,
      ...[status, due],
    );

  const addAcceptance = (tenant: string, status: string, until: string): Promise<unknown> =>
    change(
      tenant,
      `INSERT INTO risk_acceptances (tenant_id, id, risk_id, status, justification, valid_until, risk_version, requested_by,
                                     decided_by, decided_at)
       SELECT $1, gen_random_uuid(), id, $2, 'So be it.', $3::date, 1, gen_random_uuid(), decider,
              CASE WHEN decider IS NOT NULL THEN now() END
         FROM (SELECT id, CASE WHEN $2 = 'APPROVED' THEN gen_random_uuid() END AS decider
                 FROM risks WHERE tenant_id = $1 ORDER BY id LIMIT 1) AS accepted`,
      ...[status, until],
    );

  async function readBy(sweep: RegisterSweep): Promise<Register | undefined> {
    await until(async () => (await sweep.current()) !== undefined, 20_000);
    return sweep.current();
  }

  function countsIn(register: Register | undefined): Record<string, Record<string, number>> {
    const figures = [...(register ?? [])].map(([{ name }, counted]) => {
      const counts = counted.map(({ labels, count }) => [Object.values(labels).join(' '), count] as const);
      return [name, Object.fromEntries(counts)] as const;
    });
    return Object.fromEntries(figures);
  }

  it('are those of all tenants together, without the deleted ones', async () => {
    const counts = countsIn(await readBy(new RegisterSweep(open.database)));
    expect(counts).toMatchObject({
      openrisk_tenants: { '': 2 },
      openrisk_risks: { 'HIGH IDENTIFIED': 7, 'LOW CLOSED': 2 },
      openrisk_overdue_risks: { '': 3 },
      openrisk_mitigations: { PLANNED: 5, DONE: 4 },
      openrisk_overdue_mitigations: { '': 5 },
      openrisk_acceptances: { PENDING: 1, IN_FORCE: 1, EXPIRING: 1 },
    });
  });

  it('say 0 of what there is none of', async () => {
    const { openrisk_risks: risks = {}, openrisk_mitigations: mitigations } = countsIn(
      await readBy(new RegisterSweep(open.database)),
    );
    expect(Object.keys(risks)).toHaveLength(4 * 9);
    expect(risks['CRITICAL REOPENED']).toBe(0);
    expect(mitigations).toMatchObject({ CANCELLED: 0 });
  });

  it('are read once for all who ask within a minute', async () => {
    const sweep = new RegisterSweep(open.database);
    const reads = jest.spyOn(open.database, 'read');
    await Promise.all([readBy(sweep), readBy(sweep)]);
    await sweep.current();
    // The list of tenants, and each of them.
    expect(reads).toHaveBeenCalledTimes(1 + 3);
    reads.mockRestore();
  });

  it('are not there at all when they cannot be read, and keep nobody waiting', async () => {
    const closed = await openDatabase(test.applicationUrl);
    await closed.close();
    expect(await new RegisterSweep(closed.database).current()).toBeUndefined();
  });
});
