import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { runInContext } from '../../src/context/request-context';
import type { ReadSession } from '../../src/database/session';
import { createTestDatabase } from '../support/database';
import { openDatabase, withClient, type OpenDatabase } from '../support/open-database';
import { TcpProxy } from '../support/tcp-proxy';
import { seedTenant, type Row } from '../support/tenant-rows';

const ONE_CONNECTION = { DB_POOL_MAX_OPEN: '1' };

describe('Database.read', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let proxy: TcpProxy;
  let open: OpenDatabase;
  let rows: ReadonlyMap<string, Row>;
  const tenantId = randomUUID();
  const otherTenantId = randomUUID();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await withClient(testDatabase.adminUrl, async (admin) => {
      rows = await seedTenant(admin, tenantId);
      await seedTenant(admin, otherTenantId);
    });
    proxy = await TcpProxy.inFrontOf(testDatabase.applicationUrl);
    open = await openDatabase(proxy.url, ONE_CONNECTION);
  });

  afterAll(async () => {
    await open.close();
    await proxy.close();
    await testDatabase.drop();
  });

  const countRisks = async (session: ReadSession): Promise<number | undefined> =>
    (await session.query<{ count: number }>('SELECT count(*) FROM risks'))[0]?.count;

  it('takes one round trip, scope and several statements included', async () => {
    await open.database.read(countRisks, { tenantId });
    proxy.delayMs = 50;
    try {
      const since = performance.now();
      await open.database.read((session) => Promise.all([countRisks(session), countRisks(session)]), { tenantId });
      const roundTrips = (performance.now() - since) / 100;
      expect(roundTrips).toBeGreaterThan(0.95);
      expect(roundTrips).toBeLessThan(2);
    } finally {
      proxy.delayMs = 0;
    }
  });

  it('shows the rows of the tenant in its scope, and no others', async () => {
    const tenants = await open.database.read(
      (session) => session.query<{ tenant_id: string }>('SELECT DISTINCT tenant_id FROM risks'),
      { tenantId },
    );
    expect(tenants).toEqual([{ tenant_id: tenantId }]);
  });

  it('takes its scope from the actor of the request', async () => {
    const actor = { tenantId, userId: String(rows.get('users')?.id) };
    const seen = await runInContext({ requestId: 'r', actor }, () =>
      open.database.read(async (session) => [session.tenantId, await countRisks(session)]),
    );
    expect(seen).toEqual([tenantId, 1]);
  });

  it('shows nothing without a tenant, also after the same connection has had one', async () => {
    expect(await open.database.read(countRisks, { tenantId })).toBe(1);
    expect(await open.database.read(countRisks, {})).toBe(0);
    expect(await open.database.read(countRisks)).toBe(0);
  });

  it('leaves nothing of its scope on the connection, after a read or a transaction', async () => {
    const scope = { tenantId, userId: randomUUID() };
    const dataSource = open.module.get(DataSource);
    for (const use of [
      () => open.database.read(countRisks, scope),
      () => open.database.transaction(countRisks, scope),
    ]) {
      await use();
      const left = `SELECT concat(current_setting('app.tenant_id', true), current_setting('app.user_id', true)) AS scope`;
      expect(await dataSource.query(left)).toEqual([{ scope: '' }]);
    }
  });

  it('never shows one tenant the rows of another, however many share the connections', async () => {
    const wide = await openDatabase(testDatabase.applicationUrl, { DB_POOL_MAX_OPEN: '3' });
    const reads = Array.from({ length: 300 }, async (_, index) => {
      const mine = index % 2 === 0 ? tenantId : otherTenantId;
      const work = (session: ReadSession): Promise<{ tenant_id: string }[]> =>
        session.query('SELECT tenant_id FROM risks WHERE $1::int IS NOT NULL', [
          index % 7 === 0 ? 'not a number' : index,
        ]);
      const seen = await wide.database.read(work, { tenantId: mine }).catch(() => [{ tenant_id: mine }]);
      return seen.length === 1 && seen[0]?.tenant_id === mine;
    });
    expect(await Promise.all(reads)).not.toContain(false);
    await wide.close();
  });

  it('refuses to tell the tenant of a scope without one', async () => {
    await expect(open.database.read((session) => Promise.resolve(session.tenantId), {})).rejects.toThrow('no tenant');
  });

  it('refuses a scope that is no UUID before anything is sent', async () => {
    await expect(open.database.read(countRisks, { tenantId: `' OR true --` })).rejects.toThrow('takes UUIDs');
  });

  it('leaves the connection clean when a statement fails', async () => {
    const pid = (session: ReadSession): Promise<{ pid: number }[]> => session.query('SELECT pg_backend_pid() AS pid');
    const before = await open.database.read(pid, { tenantId });
    await expect(open.database.read((session) => session.query('SELECT 1 / 0'), { tenantId })).rejects.toMatchObject({
      status: 422,
    });
    expect(await open.database.read(pid, {})).toEqual(before);
    expect(await open.database.read(countRisks, {})).toBe(0);
  });

  it('fails with the statement that failed, not with those behind it, and lets none of them end the process', async () => {
    const work = async (session: ReadSession): Promise<void> => {
      const failing = session.query('SELECT 1 / 0');
      const behind = session.query('SELECT 1');
      await failing;
      await behind;
    };
    await expect(open.database.read(work, { tenantId })).rejects.toMatchObject({ code: 'database.value-refused' });
  });

  it('heals after a value that cannot be sent', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const sql = 'SELECT $1::jsonb AS value';
    await expect(open.database.read((session) => session.query(sql, [circular]), {})).rejects.toThrow('circular');
    expect(await open.database.read((session) => session.query(sql, [{ fine: true }]), {})).toEqual([
      { value: { fine: true } },
    ]);
  });

  it('refuses a statement that is issued after it has awaited', async () => {
    const late = async (session: ReadSession): Promise<void> => {
      await countRisks(session);
      await countRisks(session);
    };
    await expect(open.database.read(late, { tenantId })).rejects.toThrow('before it first awaits');
    expect(await open.database.read(countRisks, { tenantId })).toBe(1);
  });

  it('refuses to write', async () => {
    const write = open.database.read((session) => session.query('DELETE FROM risks'), { tenantId });
    await expect(write).rejects.toThrow('read-only');
  });

  it('reads one snapshot', async () => {
    const [first, second] = await open.database.read(
      (session) =>
        Promise.all([
          session.query(`SELECT pg_current_snapshot()::text AS snapshot, pg_sleep(0.05)::text`),
          session.query(`SELECT pg_current_snapshot()::text AS snapshot, ''::text AS pg_sleep`),
        ]),
      {},
    );
    expect(first).toEqual(second);
  });

  it('returns counts and scores as numbers, instants as Date and days as text', async () => {
    const [row] = await open.database.read(
      (session) =>
        session.query(`SELECT count(*) AS count, 12.50::numeric(6, 2) AS score, '2026-02-28'::date AS day,
          '2026-02-28T10:00:00.123Z'::timestamptz(3) AS at`),
      {},
    );
    expect(row).toEqual({ count: 1, score: 12.5, day: '2026-02-28', at: new Date('2026-02-28T10:00:00.123Z') });
  });
});
