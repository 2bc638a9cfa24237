import { createTestDatabase, type TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';

/** What belongs to the installation rather than to one tenant; docs/operations.md says why. */
const ofAllTenants = [
  ...['connector_figures', 'migrations', 'outbox_directory', 'setup_tokens', 'tenant_directory', 'tenants', 'users'],
];

describe('Tables, that tenants may be spread over several servers', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function linesOf(sql: string): Promise<string[]> {
    const { rows } = await withClient(database.adminUrl, (admin) => admin.query<{ line: string }>(sql));
    return rows.map(({ line }) => line).sort();
  }

  it('belong to a tenant, but for those that the page on operations names', async () => {
    const others = await linesOf(`
      SELECT relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id')`);
    expect(others).toEqual(ofAllTenants);
  });

  it('have primary keys and unique indexes that begin with the tenant', async () => {
    const unfit = await linesOf(`
      SELECT indrelid::regclass || ': ' || pg_get_indexdef(indexrelid) AS line
      FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
      JOIN pg_attribute ON attrelid = indrelid AND attname = 'tenant_id'
      WHERE relnamespace IN ('public'::regnamespace, 'search'::regnamespace) AND indisunique AND indkey[0] <> attnum`);
    expect(unfit).toEqual([]);
  });

  it('refer to each other with the tenant first; to accounts without', async () => {
    const references = await linesOf(`
      SELECT conrelid::regclass || ' to ' || confrelid::regclass AS line
      FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attname = 'tenant_id'
      WHERE contype = 'f' AND conkey[1] <> attnum`);
    expect(references).toEqual(['memberships to users']);
  });
});
