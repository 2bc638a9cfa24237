import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { rolePassword, scramVerifier } from './role-password';

/** Held on the privileged database while roles and database are made: instances that start together take turns. */
const PROVISION_LOCK = 7_203_114_002;

export interface ProvisionRequest {
  /** A superuser's URL, or that of a role with CREATEROLE and CREATEDB. All instances must name the same database. */
  readonly privilegedUrl: string;
  /** From which the passwords of both roles are derived. */
  readonly secret: string;
  /** Made when it is missing; its roles are `<database>_owner` and `<database>_app`. */
  readonly database: string;
}

export interface ProvisionedUrls {
  readonly ownerUrl: string;
  readonly applicationUrl: string;
}

/**
 * Makes a database, the role that owns it and the role that the application connects as: neither is a superuser or may
 * bypass row level security, and the application's owns nothing. Whatever exists is brought to that state. Safe to run
 * again, and by several processes at once. Needs Postgres 15 or later.
 */
export async function provision({ privilegedUrl, secret, database }: ProvisionRequest): Promise<ProvisionedUrls> {
  const owner = `${database}_owner`;
  const application = `${database}_app`;
  await withClient(privilegedUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    await ensureRole(client, owner, secret);
    await ensureRole(client, application, secret);
    await ensureDatabase(client, database, owner);
    await client.query(`
      REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC;
      GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${escapeIdentifier(application)};
    `);
  });
  return {
    ownerUrl: urlFor(privilegedUrl, owner, rolePassword(secret, owner), database),
    applicationUrl: urlFor(privilegedUrl, application, rolePassword(secret, application), database),
  };
}

/** @returns whether the role of this URL may do what {@link provision} does, so is not one to run the application as. */
export async function isPrivileged(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ privileged: boolean }>(
      'SELECT rolsuper OR (rolcreaterole AND rolcreatedb) AS privileged FROM pg_roles WHERE rolname = current_user',
    );
    return rows[0]?.privileged === true;
  });
}

async function ensureRole(client: Client, role: string, secret: string): Promise<void> {
  const name = escapeIdentifier(role);
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${name}`);
  // Only a superuser may mention these two, and only one can have granted them.
  const unprivileged = (await isSuperuser(client)) ? 'NOSUPERUSER NOBYPASSRLS NOREPLICATION' : '';
  const password = escapeLiteral(scramVerifier(secret, role));
  await client.query(`ALTER ROLE ${name} LOGIN NOCREATEDB NOCREATEROLE ${unprivileged} PASSWORD ${password}`);
}

async function ensureDatabase(client: Client, database: string, owner: string): Promise<void> {
  const names = { database: escapeIdentifier(database), owner: escapeIdentifier(owner) };
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  );
  if (rows[0]?.owner === owner) return;
  // Without being a superuser one gives a database only to a role that one could become.
  const superuser = await isSuperuser(client);
  if (!superuser) await client.query(`GRANT ${names.owner} TO CURRENT_USER`);
  if (rows[0]) await client.query(`ALTER DATABASE ${names.database} OWNER TO ${names.owner}`);
  else await client.query(`CREATE DATABASE ${names.database} OWNER ${names.owner} ENCODING 'UTF8' TEMPLATE template0`);
}

async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'SELECT rolsuper FROM pg_roles WHERE rolname = current_user',
  );
  return rows[0]?.rolsuper === true;
}

function urlFor(privilegedUrl: string, role: string, password: string, database: string): string {
  const url = new URL(privilegedUrl);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, application_name: 'openrisk provision' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
