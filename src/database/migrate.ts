import { Client, DatabaseError } from 'pg';
import { DataSource, MigrationExecutor } from 'typeorm';
import { ALL_MIGRATIONS } from './migrations/all-migrations';
import { grantsFor } from './privileges';

/** Any number, as long as it is always the same: whoever migrates this database holds it. */
const MIGRATION_LOCK = 7_203_114_001;
const UNDEFINED_TABLE = '42P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/** The boot stops with this: schema and code do not fit. */
export class SchemaMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaMismatch';
  }
}

/**
 * Brings the schema up to date, then grants the application role its rights. Of several processes that start together one
 * does it and the others wait for it.
 *
 * @param ownerUrl the role that owns the tables
 * @param applicationRole name of the role that the application connects as
 * @param report gets one sentence per migration
 * @returns the names of the migrations that ran; empty when the schema was current
 * @throws SchemaMismatch when the schema is newer than this code
 */
export async function migrate(
  ownerUrl: string,
  applicationRole: string,
  report: (progress: string) => void = () => undefined,
): Promise<string[]> {
  const lock = new Client({ connectionString: ownerUrl, application_name: 'openrisk migrate' });
  // Fails the migration through its own connection, if it matters.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const isCurrent = missingFrom(await executedMigrations(lock)).length === 0;
    const executed = isCurrent ? [] : await runPending(ownerUrl, report);
    if (executed.length > 0 || !(await mayRead(lock, applicationRole))) {
      await lock.query(`BEGIN; ${grantsFor(applicationRole)} COMMIT`);
    }
    return executed;
  } finally {
    await lock.end();
  }
}

/**
 * For a process without the owner's rights.
 *
 * @throws SchemaMismatch when the schema is older or newer than this code
 */
export async function checkSchema(applicationUrl: string): Promise<void> {
  const client = new Client({ connectionString: applicationUrl, application_name: 'openrisk check' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const missing = missingFrom(await executedMigrations(client));
    if (missing.length > 0) {
      throw new SchemaMismatch(
        `The database schema lacks ${missing.join(', ')}. Set DATABASE_OWNER_URL once so that the boot can migrate it.`,
      );
    }
  } finally {
    await client.end();
  }
}

/** @throws SchemaMismatch when there are some that this code does not know */
function missingFrom(executed: readonly string[]): string[] {
  const known = ALL_MIGRATIONS.map(({ name }) => name);
  const unknown = executed.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SchemaMismatch(
      `The database schema is newer than this version of OpenRisk: it has ${unknown.join(', ')}. Start a newer version.`,
    );
  }
  return known.filter((name) => !executed.includes(name));
}

async function executedMigrations(client: Client): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return [];
    if (error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) {
      throw new SchemaMismatch(
        'The role of DATABASE_URL was never granted its rights. Set DATABASE_OWNER_URL once so that the boot can do it.',
      );
    }
    throw error;
  }
}

async function runPending(ownerUrl: string, report: (progress: string) => void): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    applicationName: 'openrisk migrate',
    migrations: ALL_MIGRATIONS,
    installExtensions: false,
    extra: { max: 1 },
  });
  await dataSource.initialize();
  try {
    const runner = dataSource.createQueryRunner();
    const executor = new MigrationExecutor(dataSource, runner);
    const pending = await executor.getPendingMigrations();
    for (const [index, migration] of pending.entries()) {
      report(`Migration ${index + 1} of ${pending.length}: ${migration.name}`);
      await runner.startTransaction();
      try {
        await executor.executeMigration(migration);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw error;
      }
    }
    await runner.release();
    return pending.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

async function mayRead(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_table_privilege($1, 'risks', 'SELECT') AND has_table_privilege($1, 'migrations', 'SELECT') AS may`,
    [role],
  );
  return rows[0]?.may === true;
}
