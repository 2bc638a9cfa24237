import { randomUUID } from 'node:crypto';
import { Client, DatabaseError } from 'pg';
import { createTestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import { insertInto, seedTenant, tenantTables, validRow, type Row } from '../support/tenant-rows';

const INSUFFICIENT_PRIVILEGE = '42501';

type Verb = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
type Outcome = 'allowed' | 'nothing' | 'refused';

describe('row level security, table by table, in SQL', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let admin: Client;
  let application: Client;
  let tables: Awaited<ReturnType<typeof tenantTables>>;
  let rows: ReadonlyMap<string, Row>;
  const own = randomUUID();
  const other = randomUUID();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    admin = new Client({ connectionString: testDatabase.adminUrl });
    application = new Client({ connectionString: testDatabase.applicationUrl });
    await Promise.all([admin.connect(), application.connect()]);
    rows = await seedTenant(admin, own);
    await seedTenant(admin, other);
    tables = await tenantTables(admin);
  });

  afterAll(async () => {
    await Promise.all([admin.end(), application.end()]);
    await testDatabase.drop();
  });

  it('is about every table of the register', () => {
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['tenants', 'roles', 'memberships', 'assets', 'risks', 'risk_assets', 'mitigations']),
    );
  });

  describe.each(['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const)('%s', (verb) => {
    it.each([
      ['the tenant itself', (): string => own, 'allowed'],
      ['another tenant', (): string => other, verb === 'INSERT' ? 'refused' : 'nothing'],
      ['nobody', (): string => '', verb === 'INSERT' ? 'refused' : 'nothing'],
    ] as const)('as %s', async (_who, context, expected) => {
      const found: Record<string, Outcome> = {};
      const promised: Record<string, Outcome> = {};
      for (const table of tables) {
        found[table.name] = await attempt(context(), statement(verb, table));
        promised[table.name] = (await mayEver(verb, table.name)) ? expected : 'refused';
      }
      expect(found).toEqual(promised);
    });
  });

  it('lets no row be moved to another tenant', async () => {
    for (const { name, tenantColumn } of tables) {
      const move = { text: `UPDATE ${name} SET ${tenantColumn} = $1`, values: [other] };
      expect([name, await attempt(own, move)]).toEqual([name, 'refused']);
    }
  });

  it('binds the owner of the tables as well', async () => {
    await withClient(testDatabase.ownerUrl, async (owner) => {
      for (const { name } of tables) {
        expect([name, (await owner.query(`SELECT FROM ${name}`)).rowCount]).toEqual([name, 0]);
      }
    });
  });

  it('shows a user their own memberships and tenants before a tenant is chosen, and lets them change neither', async () => {
    await inScope('', String(rows.get('users')?.id), async () => {
      expect((await application.query('SELECT tenant_id FROM memberships')).rows).toEqual([{ tenant_id: own }]);
      expect((await application.query('SELECT id FROM tenants')).rows).toEqual([{ id: own }]);
      expect((await application.query('UPDATE memberships SET created_at = now()')).rowCount).toBe(0);
      expect((await application.query(`UPDATE tenants SET name = 'mine'`)).rowCount).toBe(0);
      expect((await application.query('SELECT FROM risks')).rowCount).toBe(0);
    });
  });

  it('keeps tenant ids in front of every key and index of a tenant table', async () => {
    const { rows: exceptions } = await admin.query<{ name: string }>(`
      SELECT i.indexrelid::regclass::text AS name
      FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id'
      WHERE i.indkey[0] <> a.attnum ORDER BY name`);
    expect(exceptions).toEqual([{ name: 'memberships_user_idx' }, { name: 'sessions_of_user_idx' }]);
  });

  /** The `own` tenant's rows are what every attempt is about, whoever makes it. */
  function statement(verb: Verb, table: (typeof tables)[number]): { text: string; values: unknown[] } {
    const { name, tenantColumn } = table;
    switch (verb) {
      case 'SELECT':
        return { text: `SELECT FROM ${name} WHERE ${tenantColumn} = $1`, values: [own] };
      case 'INSERT':
        return insertInto(name, validRow(table, own, rows));
      case 'UPDATE':
        return {
          text: `UPDATE ${name} SET ${tenantColumn} = ${tenantColumn} WHERE ${tenantColumn} = $1`,
          values: [own],
        };
      case 'DELETE':
        return { text: `DELETE FROM ${name} WHERE ${tenantColumn} = $1`, values: [own] };
    }
  }

  async function mayEver(verb: Verb, table: string): Promise<boolean> {
    const { rows: answer } = await application.query<{ may: boolean }>('SELECT has_table_privilege($1, $2) AS may', [
      table,
      verb,
    ]);
    return answer[0]?.may === true;
  }

  async function attempt(tenantId: string, query: { text: string; values: unknown[] }): Promise<Outcome> {
    return inScope(tenantId, '', async () => {
      try {
        const { rowCount } = await application.query(query);
        return rowCount === 0 ? 'nothing' : 'allowed';
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.code === INSUFFICIENT_PRIVILEGE) return 'refused';
        // A unique or foreign key rule speaks only after row level security has let the row through.
        if (error.code?.startsWith('23')) return 'allowed';
        throw error;
      }
    });
  }

  async function inScope<T>(tenantId: string, userId: string, work: () => Promise<T>): Promise<T> {
    await application.query('BEGIN');
    try {
      await application.query(`SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)`, [
        tenantId,
        userId,
      ]);
      return await work();
    } finally {
      await application.query('ROLLBACK');
    }
  }
});
