import { migrate } from '../../src/database/migrate';
import { isPrivileged, provision } from '../../src/database/provision';
import { selfCheck, UnsafeDatabase } from '../../src/database/self-check';
import { openDatabase, withClient } from '../support/open-database';

const database = `provision_${process.pid}`;
const secret = 'a secret that is long enough for a test';
const privilegedUrl = process.env.OPENRISK_TEST_ADMIN_URL ?? '';

describe('provision', () => {
  afterEach(dropEverything);

  it('makes a database that boots, with an application role that is bound by row level security', async () => {
    const { ownerUrl, applicationUrl } = await provision({ privilegedUrl, secret, database });
    const open = await openDatabase(applicationUrl, { DATABASE_OWNER_URL: ownerUrl });
    await expect(open.database.ping()).resolves.toBeUndefined();
    await open.close();
    expect(await Promise.all([privilegedUrl, ownerUrl, applicationUrl].map(isPrivileged))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('may run again, and several times at once: everybody gets the same', async () => {
    const made = await Promise.all([1, 2, 3].map(() => provision({ privilegedUrl, secret, database })));
    made.push(await provision({ privilegedUrl, secret, database }));
    expect(new Set(made.map((urls) => JSON.stringify(urls))).size).toBe(1);
  });

  it('takes away what a role of that name must not have', async () => {
    await withClient(privilegedUrl, (admin) =>
      admin.query(`CREATE ROLE ${database}_app SUPERUSER BYPASSRLS CREATEROLE`),
    );
    const { applicationUrl, ownerUrl } = await provision({ privilegedUrl, secret, database });
    await migrate(ownerUrl, `${database}_app`);
    await expect(selfCheck(applicationUrl)).resolves.toBeUndefined();
  });

  it('needs no superuser: CREATEROLE and CREATEDB are enough', async () => {
    const maker = `${database}_maker`;
    await withClient(privilegedUrl, (admin) =>
      admin.query(`CREATE ROLE ${maker} LOGIN CREATEROLE CREATEDB PASSWORD 'maker'`),
    );
    const makersUrl = new URL(privilegedUrl);
    makersUrl.username = maker;
    makersUrl.password = 'maker';
    for (let time = 1; time <= 2; time++) {
      const { ownerUrl, applicationUrl } = await provision({ privilegedUrl: makersUrl.href, secret, database });
      await migrate(ownerUrl, `${database}_app`);
      await expect(selfCheck(applicationUrl)).resolves.toBeUndefined();
    }
  });
});

describe('self-check', () => {
  let testDatabase: { ownerUrl: string; applicationUrl: string; adminUrl: string };

  // Not a copy of the template: copies share their roles, and these are about to be damaged.
  beforeAll(async () => {
    const urls = await provision({ privilegedUrl, secret, database });
    await migrate(urls.ownerUrl, `${database}_app`);
    testDatabase = { ...urls, adminUrl: new URL(`/${database}`, privilegedUrl).href };
  });

  afterAll(dropEverything);

  it('passes the schema as it is migrated', async () => {
    await expect(selfCheck(testDatabase.applicationUrl)).resolves.toBeUndefined();
  });

  it('refuses a superuser', async () => {
    await expect(selfCheck(testDatabase.adminUrl)).rejects.toThrow('which is a superuser');
  });

  it('refuses the owner of the tables', async () => {
    await expect(selfCheck(testDatabase.ownerUrl)).rejects.toThrow('which owns tables');
  });

  it('keeps an application from booting as one of them', async () => {
    await expect(openDatabase(testDatabase.ownerUrl)).rejects.toThrow(UnsafeDatabase);
  });

  it.each([
    ['ALTER TABLE risks DISABLE ROW LEVEL SECURITY', 'risks has row level security switched off'],
    ['ALTER TABLE assets NO FORCE ROW LEVEL SECURITY', 'assets does not force row level security'],
    ['DROP POLICY tenant_isolation ON mitigations', 'mitigations has no policy with USING and WITH CHECK'],
    ['CREATE POLICY all_see ON risks FOR SELECT USING (true)', 'risks has a policy that asks neither'],
    ['CREATE TABLE notes (tenant_id uuid, text text)', 'notes has row level security switched off'],
    ['ALTER TABLE tenants DISABLE ROW LEVEL SECURITY', 'tenants has row level security switched off'],
    ['ALTER ROLE app BYPASSRLS', 'may bypass row level security'],
    ['ALTER ROLE app CREATEROLE', 'may create roles'],
    ['GRANT owner TO app', 'is a member of the role that owns the tables'],
    ['GRANT pg_read_all_data, postgres TO app', 'is a member of a role that row level security does not bind'],
  ])('finds: %s', async (damage, problem) => {
    const sql = inNamesOf(testDatabase, damage);
    await withClient(testDatabase.adminUrl, (admin) => admin.query(sql));
    try {
      await expect(selfCheck(testDatabase.applicationUrl)).rejects.toThrow(problem);
    } finally {
      await withClient(testDatabase.adminUrl, (admin) => admin.query(inNamesOf(testDatabase, REPAIR[damage] ?? '')));
    }
  });

  it('lists every problem in one message', async () => {
    const damage = ['ALTER TABLE risks DISABLE ROW LEVEL SECURITY', 'CREATE TABLE notes (tenant_id uuid, text text)'];
    await withClient(testDatabase.adminUrl, (admin) => admin.query(damage.join(';')));
    const error: unknown = await selfCheck(testDatabase.applicationUrl).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(UnsafeDatabase);
    expect((error as UnsafeDatabase).problems.length).toBeGreaterThanOrEqual(4);
    await withClient(testDatabase.adminUrl, (admin) => admin.query(damage.map((sql) => REPAIR[sql]).join(';')));
  });
});

const REPAIR: Readonly<Record<string, string>> = {
  'ALTER TABLE risks DISABLE ROW LEVEL SECURITY': 'ALTER TABLE risks ENABLE ROW LEVEL SECURITY',
  'ALTER TABLE assets NO FORCE ROW LEVEL SECURITY': 'ALTER TABLE assets FORCE ROW LEVEL SECURITY',
  'DROP POLICY tenant_isolation ON mitigations': `CREATE POLICY tenant_isolation ON mitigations
    USING (tenant_id = (SELECT current_tenant())) WITH CHECK (tenant_id = (SELECT current_tenant()))`,
  'CREATE POLICY all_see ON risks FOR SELECT USING (true)': 'DROP POLICY all_see ON risks',
  'CREATE TABLE notes (tenant_id uuid, text text)': 'DROP TABLE notes',
  'ALTER TABLE tenants DISABLE ROW LEVEL SECURITY': 'ALTER TABLE tenants ENABLE ROW LEVEL SECURITY',
  'ALTER ROLE app BYPASSRLS': 'ALTER ROLE app NOBYPASSRLS',
  'ALTER ROLE app CREATEROLE': 'ALTER ROLE app NOCREATEROLE',
  'GRANT owner TO app': 'REVOKE owner FROM app',
  'GRANT pg_read_all_data, postgres TO app': 'REVOKE pg_read_all_data, postgres FROM app',
};

function inNamesOf(urls: { applicationUrl: string; ownerUrl: string; adminUrl: string }, sql: string): string {
  return sql
    .replace(/\bapp\b/, new URL(urls.applicationUrl).username)
    .replace(/\bowner\b/, new URL(urls.ownerUrl).username)
    .replace(/\bpostgres\b/, new URL(urls.adminUrl).username);
}

function dropEverything(): Promise<void> {
  return withClient(privilegedUrl, async (admin) => {
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    for (const role of ['owner', 'app', 'maker']) await admin.query(`DROP ROLE IF EXISTS ${database}_${role}`);
  });
}
