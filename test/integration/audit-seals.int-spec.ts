import { Client } from 'pg';
import { HASHED_COLUMNS } from '../../src/audit/audit-chain';
import { sealEntries } from '../../src/audit/seal-entries';
import { sqlTypes } from '../../src/database/sql-types';
import { addTenant, countOf, untilSealed, verify } from '../support/audit-chain';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openAudit, type OpenAudit } from '../support/open-audit';
import { until } from '../support/until';

describe('sealing the audit log', () => {
  let testDatabase: TestDatabase;
  let admin: Client;
  const opened: OpenAudit[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    admin = new Client({ connectionString: testDatabase.adminUrl, types: sqlTypes });
    await admin.connect();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((audit) => audit.close()));
  });
  afterAll(async () => {
    await admin.end();
    await testDatabase.drop();
  });

  async function open(settings?: Readonly<Record<string, string>>): Promise<OpenAudit> {
    const audit = await openAudit(testDatabase.applicationUrl, settings);
    opened.push(audit);
    return audit;
  }

  const newTenant = (): Promise<string> => addTenant(admin);

  const sealed = { unsealed: 0, late: 0, problem: null };

  it('covers every column of an entry', async () => {
    const { rows } = await admin.query<{ attname: string }>(
      `SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    expect(rows.map(({ attname }) => attname).sort()).toEqual([...HASHED_COLUMNS].sort());
  });

  it('happens by itself, soon after the commit', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    await audit.record(tenant, 3);
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 3, sealed: 3, head: { position: 3 } });
  });

  it('has nothing to seal of a change that was rolled back, as a whole or to a savepoint', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    const { database, log } = audit;
    const entry = (action: string) => ({ action, resource: 'test' });
    await expect(
      database.transaction(
        async (tx) => {
          await log.record(tx, entry('rolled back'));
          throw new Error('no');
        },
        { tenantId: tenant },
      ),
    ).rejects.toThrow('no');
    await database.transaction(
      async () => {
        for (const action of ['kept 1', 'undone', 'kept 2']) {
          const inner = database.transaction(async (tx) => {
            await log.record(tx, entry(action));
            if (action === 'undone') throw new Error('undone');
          });
          await inner.catch(() => undefined);
        }
      },
      { tenantId: tenant },
    );
    const { rows } = await admin.query('SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id', [tenant]);
    expect(rows).toEqual([{ action: 'kept 1' }, { action: 'kept 2' }]);
  });

  it('fails the change when its entry cannot be written, from a savepoint too', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    const { database, log } = audit;
    const tooLong = { action: 'x'.repeat(101), resource: 'test' };
    const change = `INSERT INTO assets (tenant_id, id, name, type) VALUES ($1, gen_random_uuid(), 'x', 'x')`;
    const failing = database.transaction((tx) => Promise.all([tx.query(change, [tenant]), log.record(tx, tooLong)]), {
      tenantId: tenant,
    });
    await expect(failing).rejects.toMatchObject({ status: 422 });
    const later = database.transaction(
      () => database.transaction((tx) => Promise.all([tx.query(change, [tenant]), log.record(tx, tooLong)])),
      { tenantId: tenant },
    );
    await expect(later).rejects.toMatchObject({ status: 422 });
    expect(await countOf(admin, 'assets', tenant)).toBe(0);
  });

  it('makes one chain of what many instances record and seal at the same time', async () => {
    const instances = await Promise.all([open(), open(), open()]);
    const tenants = [await newTenant(), await newTenant()];
    await Promise.all(instances.flatMap((audit) => tenants.map((tenant) => audit.record(tenant, 60))));
    for (const tenant of tenants) {
      await untilSealed(admin, tenant);
      expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 180, head: { position: 180 } });
    }
  });

  it('goes on where a sealer was killed in the middle of its work', async () => {
    const tenant = await newTenant();
    const dying = await open({ AUDIT_SEAL_DELAY_MS: '60000' });
    await dying.record(tenant, 5);
    const killed = dying.database.transaction(
      async (tx) => {
        expect((await sealEntries(tx)).count).toBe(5);
        const [backend] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await admin.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
      },
      { tenantId: tenant },
    );
    await expect(killed).rejects.toMatchObject({ status: 503 });
    expect(await countOf(admin, 'audit_seals', tenant)).toBe(0);
    await open();
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 5, sealed: 5 });
  });

  it('waits while another instance seals, holding up nobody, and then finds what was left', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    await admin.query('BEGIN');
    await admin.query(`SELECT pg_advisory_xact_lock(hashtextextended('audit-seal ' || $1, 0))`, [tenant]);
    await audit.record(tenant, 2);
    const attempt = await audit.database.transaction(sealEntries, { tenantId: tenant });
    expect(attempt).toMatchObject({ state: 'busy', count: 0 });
    expect(await countOf(admin, 'audit_seals', tenant)).toBe(0);
    await admin.query('COMMIT');
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 2, sealed: 2 });
  });

  it('finds what an instance left that ended before it could seal, and seals what it knows of when it ends', async () => {
    const tenant = await newTenant();
    const dying = await openAudit(testDatabase.applicationUrl, { AUDIT_SEAL_DELAY_MS: '60000' });
    await dying.record(tenant, 2);
    expect(await countOf(admin, 'audit_unsealed', tenant)).toBe(2);
    await dying.close();
    expect(await countOf(admin, 'audit_unsealed', tenant)).toBe(0);

    await admin.query(
      `WITH entry AS (INSERT INTO audit_log (tenant_id, id, action, resource, outcome)
                      VALUES ($1, gen_random_uuid(), 'left.behind', 'test', 'SUCCESS') RETURNING tenant_id, id)
       INSERT INTO audit_unsealed SELECT * FROM entry`,
      [tenant],
    );
    await open({ AUDIT_SEAL_DELAY_MS: '60000', AUDIT_SEAL_SWEEP_SECONDS: '1' });
    await until(async () => (await countOf(admin, 'audit_unsealed', tenant)) === 1);
    await open({ AUDIT_SEAL_DELAY_MS: '10', AUDIT_SEAL_SWEEP_SECONDS: '1' });
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 3, sealed: 3 });
  });

  it('does not mind a clock that goes backwards', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    await audit.record(tenant, 2);
    await untilSealed(admin, tenant);
    const earlier = `
      WITH entry AS (INSERT INTO audit_log (tenant_id, id, at, action, resource, outcome)
        VALUES ($1, '00000000-0000-7000-8000-000000000001', now() - interval '2 hours', 'x', 'x', 'SUCCESS')
        RETURNING tenant_id, id)
      INSERT INTO audit_unsealed SELECT * FROM entry`;
    await admin.query(earlier, [tenant]);
    await audit.record(tenant, 1);
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 4, sealed: 4, head: { position: 4 } });
  });

  it('keeps numbers and texts as Postgres has them', async () => {
    const [audit, tenant] = [await open(), await newTenant()];
    await audit.record(tenant, 1, {
      text: 'é \u2028 \u{1f4a9} "\\ \n\t=',
      number: 0.1 + 0.2,
      nested: { b: [], a: null },
    });
    await admin.query(
      `WITH entry AS (INSERT INTO audit_log (tenant_id, id, action, resource, resource_id, outcome, details)
         VALUES ($1, gen_random_uuid(), 'x', 'x', E'a\nb', 'SUCCESS',
                 '{"big": 12345678901234567890123, "wide": 1e400, "exact": 1.10, "b": 1, "b": 2, "é\\u0001": "\\ud83d\\ude00"}')
         RETURNING tenant_id, id)
       INSERT INTO audit_unsealed SELECT * FROM entry`,
      [tenant],
    );
    await audit.record(tenant, 1);
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant)).toMatchObject({ ...sealed, entries: 3, sealed: 3 });
  });

  it('costs as much for each of 5,000 entries as of 500, also when Postgres last looked at the tables before there were any', async () => {
    const [audit, few] = [await open(), await newTenant()];
    await audit.record(few, 30);
    await untilSealed(admin, few);
    await admin.query('ANALYZE audit_log, audit_seals, audit_unsealed');
    const [small, large] = [await msToVerify(audit, 500), await msToVerify(audit, 5000)];
    // Ten times the entries; when each is compared with all others, a hundred times the work.
    expect(large / small).toBeLessThan(30);
  });

  /** @returns milliseconds of the quickest of three verifications */
  async function msToVerify(audit: OpenAudit, entries: number): Promise<number> {
    const tenant = await newTenant();
    const numbered = Array.from({ length: entries }, (_, n) => ({ action: 'x', resource: 'x', details: { n } }));
    await audit.database.transaction((tx) => audit.log.record(tx, ...numbered), { tenantId: tenant });
    await untilSealed(admin, tenant, 60_000);
    const tookMs: number[] = [];
    for (let round = 0; round < 3; round++) {
      const startedAt = performance.now();
      const verdict = await verify(admin, tenant);
      tookMs.push(performance.now() - startedAt);
      expect(verdict).toMatchObject({ ...sealed, entries, head: { position: entries } });
    }
    return Math.min(...tookMs);
  }
});
