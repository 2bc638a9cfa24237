import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { ChainHead } from '../audit/audit-chain';
import { verifyAuditLog, type AuditVerdict } from '../audit/audit-verification';
import { sqlTypes } from '../database/sql-types';
import { findDatabase } from './find-database';
import { tableText } from './table';

const usage = `Recomputes the hash chain of the audit log and says where it was tampered with. Reads only.

Usage: npm run audit:verify [-- options]

Options:
  --tenant <slug>             this tenant only
  --expect <position>:<hash>  a head that was noted earlier (the log of the server names one an hour): the chain must
                              still contain it. May be repeated; needs --tenant
  --help                      this text

DATABASE_URL says where; without it the database of \`npm start\` here, running or not. See docs/audit.md.
Exit code: 0 all is well, 2 something was changed, 1 it could not be found out.
`;

interface Line extends AuditVerdict {
  readonly tenant: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tenant: { type: 'string' },
      expect: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const expected = values.expect.map(headOf);
  if (expected.length > 0 && values.tenant === undefined) throw new Error('--expect needs --tenant.');
  const database = await findDatabase(process.env);
  try {
    const lines = await verifyAll(database.url, values.tenant, expected);
    if (lines.length === 0 && values.tenant !== undefined) throw new Error(`There is no tenant ${values.tenant}.`);
    print(lines);
    if (lines.some(({ problem }) => problem !== null)) process.exitCode = 2;
  } finally {
    await database.close();
  }
}

function headOf(text: string): ChainHead {
  const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || hash === undefined) throw new Error(`--expect ${text} is not <position>:<hash>.`);
  return { position: Number(position), hash };
}

async function verifyAll(url: string, slug: string | undefined, expected: readonly ChainHead[]): Promise<Line[]> {
  const client = new Client({ connectionString: url, application_name: 'openrisk audit:verify', types: sqlTypes });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM tenant_directory ORDER BY id');
    const lines: Line[] = [];
    for (const { id } of rows) {
      const line = await verifyTenant(client, id, slug, expected);
      if (line) lines.push(line);
    }
    return lines;
  } finally {
    await client.end();
  }
}

/** All of it over one snapshot, so that what the application adds meanwhile looks like no tampering. */
async function verifyTenant(
  client: Client,
  tenantId: string,
  slug: string | undefined,
  expected: readonly ChainHead[],
): Promise<Line | undefined> {
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query<Row & object>(sql, [...parameters])).rows;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await query(`SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', '', true)`, [tenantId]);
    const [tenant] = await query<{ slug: string }>('SELECT slug FROM tenants WHERE id = $1', [tenantId]);
    if (!tenant || (slug !== undefined && slug !== tenant.slug)) return undefined;
    return { tenant: tenant.slug, ...(await verifyAuditLog({ tenantId, query }, expected)) };
  } finally {
    await client.query('ROLLBACK');
  }
}

function print(lines: readonly Line[]): void {
  const rows = lines.map(({ tenant, entries, sealed, unsealed, late, problem }) => {
    return [tenant, entries, sealed, unsealed, late, problem ?? 'none'];
  });
  const heading = ['tenant', 'entries', 'sealed', 'unsealed', 'sealed late', 'first problem'];
  process.stdout.write(tableText([heading, ...rows]));
  for (const { tenant, head } of lines) {
    if (head.position > 0) process.stdout.write(`--tenant ${tenant} --expect ${head.position}:${head.hash}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
