import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { migrate } from '../../src/database/migrate';
import { provision } from '../../src/database/provision';
import { startEmbeddedPostgres } from '../../src/start/embedded-postgres';
import { withClient } from '../support/open-database';
import { atTheEnd } from './cleanup';
import { progress } from './progress';
import { messageOf } from './run';

const CONNECT_MS = 10_000;

/**
 * A real Postgres with one migrated database, of which every test takes a copy: the server of TEST_DATABASE_URL (a
 * superuser's URL), else one of our own.
 */
export async function preparePostgres(): Promise<void> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) await refuseUnfit(given);
  const adminUrl = given || (await startOwnPostgres());
  // Unique, so that runs that share a server do not meet.
  const template = `openrisk_test_${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
  atTheEnd(() => dropDatabasesOf(adminUrl, template));
  const secret = randomBytes(32).toString('hex');
  const { applicationUrl, ownerUrl } = await provision({ privilegedUrl: adminUrl, secret, database: template });
  await migrate(ownerUrl, decodeURIComponent(new URL(applicationUrl).username));
  process.env['OPENRISK_TEST_ADMIN_URL'] = adminUrl;
  process.env['OPENRISK_TEST_TEMPLATE_OWNER_URL'] = ownerUrl;
  process.env['OPENRISK_TEST_TEMPLATE_APPLICATION_URL'] = applicationUrl;
}

async function startOwnPostgres(): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'openrisk-test-postgres-'));
  const starting = startEmbeddedPostgres({ directory, onProgress: progress, disposable: true });
  // Also when the end comes while it starts; a start that fails has cleaned up itself.
  atTheEnd(() =>
    starting.then(
      (postgres) => postgres.stop(),
      () => undefined,
    ),
  );
  return (await starting).adminUrl;
}

async function refuseUnfit(adminUrl: string): Promise<void> {
  const client = new Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; superuser: boolean }>(
      `SELECT current_setting('server_version_num')::int AS version, rolsuper AS superuser
       FROM pg_roles WHERE rolname = current_user`,
    );
    if (rows[0]?.superuser !== true) throw new Error('its role must be a superuser');
    if (rows[0].version < 150_000) throw new Error(`it must be Postgres 15 or later, and is ${rows[0].version}`);
  } catch (error) {
    throw new Error(`The tests cannot use the Postgres of TEST_DATABASE_URL: ${messageOf(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function dropDatabasesOf(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    );
    for (const { datname } of rows) {
      await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(datname)} WITH (FORCE)`);
    }
    for (const role of [`${template}_owner`, `${template}_app`]) {
      await client.query(`DROP ROLE IF EXISTS ${escapeIdentifier(role)}`);
    }
  });
}
