import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { DataSource, MigrationExecutor } from 'typeorm';
import type { Database } from '../../src/database/database';
import { checkSchema, migrate } from '../../src/database/migrate';
import { ALL_MIGRATIONS } from '../../src/database/migrations/all-migrations';
import { RegisterTallies1795219200016 } from '../../src/database/migrations/1795219200016-register-tallies';
import { RecommendedOrder1795219200023 } from '../../src/database/migrations/1795219200023-recommended-order';
import { SeveralApps1795219200024 } from '../../src/database/migrations/1795219200024-several-apps';
import { provision } from '../../src/database/provision';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { tallyDrift } from '../registers/tally-drift';
import { openDatabase, withClient } from '../support/open-database';

const database = `migrations_${process.pid}`;
const application = `${database}_app`;
const secret = 'a secret that is long enough for a test';

describe('migrations', () => {
  const privilegedUrl = process.env.OPENRISK_TEST_ADMIN_URL ?? '';
  let ownerUrl: string;
  let applicationUrl: string;

  beforeEach(async () => {
    ({ ownerUrl, applicationUrl } = await provision({ privilegedUrl, secret, database }));
  });

  afterEach(() =>
    withClient(privilegedUrl, async (admin) => {
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await admin.query(`DROP ROLE ${database}_owner, ${application}`);
    }),
  );

  it('run once, in order and reported, however many processes start together', async () => {
    const reported: string[] = [];
    const runs = await Promise.all(
      [1, 2, 3, 4].map(() => migrate(ownerUrl, application, (text) => reported.push(text))),
    );
    expect(runs.flat()).toEqual(ALL_MIGRATIONS.map(({ name }) => name));
    expect(reported).toEqual(
      ALL_MIGRATIONS.map(({ name }, index) => `Migration ${index + 1} of ${ALL_MIGRATIONS.length}: ${name}`),
    );
    await expect(checkSchema(applicationUrl)).resolves.toBeUndefined();
  });

  it('go up, down and up again to the same schema', async () => {
    await migrate(ownerUrl, application);
    const first = await withClient(ownerUrl, schemaOf);
    expect(first.length).toBeGreaterThan(150);
    await undo(ownerUrl, ALL_MIGRATIONS.length);
    const empty = await withClient(ownerUrl, schemaOf);
    expect(empty.filter((line) => !/migrations/.test(line))).toEqual([]);
    await migrate(ownerUrl, application);
    expect(await withClient(ownerUrl, schemaOf)).toEqual(first);
  });

  it('give mitigations that are there the score that recommended ones are sorted by', async () => {
    await migrate(ownerUrl, application);
    const open = await openDatabase(applicationUrl);
    for (const tenantId of [randomUUID(), randomUUID()]) await fill(open.database, tenantId);
    await open.close();
    await undo(ownerUrl, ALL_MIGRATIONS.length - ALL_MIGRATIONS.indexOf(RecommendedOrder1795219200023));
    await migrate(ownerUrl, application);
    const scores = 'SELECT title, risk_score FROM mitigations ORDER BY title';
    const { rows } = await withClient(new URL(`/${database}`, privilegedUrl).href, (admin) => admin.query(scores));
    const [scored, unscored] = [
      { title: 'Of a risk', risk_score: 12.5 },
      { title: 'Of one that is deleted', risk_score: null },
    ];
    expect(rows).toEqual([scored, scored, unscored, unscored]);
  });

  it('add up the risks that are there', async () => {
    await migrate(ownerUrl, application);
    const open = await openDatabase(applicationUrl);
    for (const tenantId of [randomUUID(), randomUUID()]) await fill(open.database, tenantId);
    await open.close();
    await undo(ownerUrl, ALL_MIGRATIONS.length - ALL_MIGRATIONS.indexOf(RegisterTallies1795219200016));
    await migrate(ownerUrl, application);
    const adminUrl = new URL(`/${database}`, privilegedUrl).href;
    expect(await tallyDrift(adminUrl)).toEqual([]);
    const sums = `SELECT grouping, key, sum(risks)::int AS risks, sum(score_hundredths)::int AS score FROM risk_groups
                   GROUP BY 1, 2 ORDER BY 1`;
    const { rows } = await withClient(adminUrl, (admin) => admin.query(sums));
    const ofBoth = { key: null, risks: 2, score: 2500 };
    expect(rows).toEqual(['category', 'owner'].map((grouping) => ({ grouping, ...ofBoth })));
  });

  it('leave, of several webhooks, the first one when they are undone', async () => {
    await migrate(ownerUrl, application);
    const open = await openDatabase(applicationUrl);
    const tenants = [randomUUID(), randomUUID()];
    for (const tenantId of tenants) await installThree(open.database, tenantId);
    await open.close();
    await undo(ownerUrl, ALL_MIGRATIONS.length - ALL_MIGRATIONS.indexOf(SeveralApps1795219200024));
    const left = await withClient(new URL(`/${database}`, privilegedUrl).href, async (admin) => {
      const { rows } = await admin.query(
        `SELECT a.name, a.status, s.id IS NOT NULL AS secret, o.id IS NOT NULL AS told FROM apps a
           LEFT JOIN app_secrets s ON s.tenant_id = a.tenant_id AND s.app_id = a.id
           LEFT JOIN outbox_subscribers o ON o.tenant_id = a.tenant_id AND o.id = a.id
          ORDER BY a.tenant_id, a.name`,
      );
      return rows as unknown[];
    });
    const [first, second, third] = [
      { name: '1', status: 'INSTALLED', secret: true, told: true },
      { name: '2', status: 'UNINSTALLED', secret: false, told: false },
      { name: '3', status: 'UNINSTALLED', secret: false, told: false },
    ];
    expect(left).toEqual(tenants.flatMap(() => [first, second, third]));
    await migrate(ownerUrl, application);
  });

  it('grant a new application role its rights without anything to migrate', async () => {
    await migrate(ownerUrl, application);
    const newcomer = `${database}_newcomer`;
    await withClient(privilegedUrl, (admin) => admin.query(`CREATE ROLE ${newcomer}`));
    expect(await migrate(ownerUrl, newcomer)).toEqual([]);
    const { rows } = await withClient(ownerUrl, (owner) =>
      owner.query(
        `SELECT has_table_privilege($1, 'risks', 'DELETE') AS rows,
        has_table_privilege($1, 'risks', 'TRUNCATE') AS truncate, has_table_privilege($1, 'migrations', 'INSERT') AS migrations,
        has_table_privilege($1, 'risk_history', 'UPDATE') AS history`,
        [newcomer],
      ),
    );
    expect(rows).toEqual([{ rows: true, truncate: false, migrations: false, history: false }]);
    await withClient(ownerUrl, (owner) => owner.query(`DROP OWNED BY ${newcomer}`)).catch(() => undefined);
    await withClient(new URL(`/${database}`, privilegedUrl).href, (admin) =>
      admin.query(`DROP OWNED BY ${newcomer}; DROP ROLE ${newcomer}`),
    );
  });

  it('refuse a schema that is newer than the code, as owner and as application', async () => {
    await migrate(ownerUrl, application);
    await withClient(ownerUrl, (owner) =>
      owner.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`),
    );
    await expect(migrate(ownerUrl, application)).rejects.toThrow(
      'newer than this version of OpenRisk: it has FromTheFuture',
    );
    await expect(checkSchema(applicationUrl)).rejects.toThrow('newer than this version');
  });

  it('are asked for, by name, when the owner has not run them', async () => {
    await expect(checkSchema(applicationUrl)).rejects.toThrow('lacks Accounts1795219200001');
  });
});

async function undo(ownerUrl: string, migrations: number): Promise<void> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: ALL_MIGRATIONS,
    installExtensions: false,
  }).initialize();
  for (let count = 0; count < migrations; count++) await new MigrationExecutor(dataSource).undoLastMigration();
  await dataSource.destroy();
}

/** A tenant with three webhooks. */
async function installThree(database: Database, tenantId: string): Promise<void> {
  const member = { email: `${tenantId}@example.test`, name: 'Somebody', role: 'admin', passwordHash: 'none' } as const;
  await createTenant(database, { id: tenantId, name: 'Filled', slug: tenantId, members: [member] });
  const connectorId = randomUUID();
  await database.transaction(
    async (tx) => {
      for (const name of ['1', '2', '3']) {
        const id = randomUUID();
        await tx.query(
          `INSERT INTO apps (tenant_id, id, connector_id, connector, name, status, configuration, multiple, created_at)
           VALUES ($1, $2, $3, 'webhook', $4::text, 'INSTALLED', '{}', true, now() + $4::text::integer * interval '1 second')`,
          [tenantId, id, connectorId, name],
        );
        await tx.query(
          `INSERT INTO app_secrets (tenant_id, id, app_id, name, sealed) VALUES ($1, $2, $2, 'secret', 'sealed')`,
          [tenantId, id],
        );
        await tx.query('INSERT INTO outbox_subscribers (tenant_id, id) VALUES ($1, $2)', [tenantId, id]);
      }
    },
    { tenantId },
  );
}

/** A tenant with a risk and a deleted one, each with a mitigation. */
async function fill(database: Database, tenantId: string): Promise<void> {
  const member = { email: `${tenantId}@example.test`, name: 'Somebody', role: 'admin', passwordHash: 'none' } as const;
  await createTenant(database, { id: tenantId, name: 'Filled', slug: tenantId, members: [member] });
  const [risk, deleted] = [randomUUID(), randomUUID()];
  await database.transaction(
    async (tx) => {
      await tx.query(
        `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity, deleted_at)
         VALUES ($1, $2, 'R', 5, 2, 12.5, 'MEDIUM', NULL), ($1, $3, 'R', 1, 1, 1, 'LOW', now())`,
        [tenantId, risk, deleted],
      );
      await tx.query(
        `INSERT INTO mitigations (tenant_id, id, risk_id, title)
         VALUES ($1, gen_random_uuid(), $2, 'Of a risk'), ($1, gen_random_uuid(), $3, 'Of one that is deleted')`,
        [tenantId, risk, deleted],
      );
    },
    { tenantId },
  );
}

/** Columns, rules, indexes, policies, functions and rights, one line each. */
async function schemaOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    UNION ALL SELECT concat_ws(' ', 'table', relname, relrowsecurity, relforcerowsecurity, relacl) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    UNION ALL SELECT concat_ws(' ', 'rule', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', 'policy', tablename, policyname, permissive, roles, cmd, qual, with_check)
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', 'function', oid::regprocedure, pg_get_functiondef(oid)) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'current%'
    ORDER BY line`);
  return rows.map(({ line }) => line);
}
