import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { readConfig } from '../config/read-config';
import type { ReadSession } from '../database/session';
import { sqlTypes } from '../database/sql-types';
// Every file that seals into a column makes the column known; the application as a whole would take seconds to load.
import '../marketplace/apps/app-secrets';
import { KeyRing } from '../secrets/key-ring';
import { KeyRingConfig } from '../secrets/key-ring.config';
import { sealedColumns, type SealedColumn } from '../secrets/sealed-column';
import { SecretBox } from '../secrets/secret-box';
import { rotateBatch, type RotatedBatch } from '../secrets/secret-rotation';
import { findDatabase, findSecret } from './find-database';
import { report } from './report';

const usage = `Seals all stored secrets anew with the key of OPENRISK_SECRET, so that OPENRISK_PREVIOUS_SECRETS is needed no longer.

Usage: npm run secrets:rotate [-- options]

Options:
  --batch <n>  how many secrets are read and written at once, 1 to 10000; 200 unless given
  --help       this text

OPENRISK_SECRET and OPENRISK_PREVIOUS_SECRETS are those of the application, which may run meanwhile. DATABASE_URL says
where; without it the database of \`npm start\` here, running or not. What was interrupted is run again. See docs/security.md.
Exit code: 0 all are sealed with OPENRISK_SECRET, 2 some cannot be opened and stay as they are, 1 it could not be done.
`;

interface Tally {
  /** Secrets that there are. */
  read: number;
  sealedAnew: number;
  /** `<table>.<column> <row> of tenant <tenant>` */
  readonly unopened: string[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { batch: { type: 'string', default: '200' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const size = Number(values.batch);
  if (!/^\d{1,5}$/.test(values.batch) || size < 1 || size > 10_000) throw new Error('--batch is 1 to 10000.');
  const box = new SecretBox(new KeyRing(await findSecret(process.env), readConfig(KeyRingConfig, process.env)));
  const database = await findDatabase(process.env);
  try {
    const { read, sealedAnew, unopened } = await rotateAll(database.url, box, size);
    for (const line of unopened) process.stdout.write(`cannot be opened: ${line}\n`);
    report(`Done: ${read} secrets, ${sealedAnew} sealed anew, ${unopened.length} cannot be opened`);
    if (unopened.length > 0) process.exitCode = 2;
  } finally {
    await database.close();
  }
}

/** Again until there is nothing to do: a process that does not know the new key yet may have sealed something meanwhile. */
async function rotateAll(url: string, box: SecretBox, size: number): Promise<Tally> {
  const client = new Client({ connectionString: url, application_name: 'openrisk secrets:rotate', types: sqlTypes });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let sealedAnew = 0; ;) {
      const pass = await rotateOnce(client, box, size, sealedAnew);
      sealedAnew += pass.sealedAnew;
      if (pass.sealedAnew === 0) return { ...pass, sealedAnew };
    }
  } finally {
    await client.end();
  }
}

async function rotateOnce(client: Client, box: SecretBox, size: number, before: number): Promise<Tally> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM tenant_directory ORDER BY id');
  const tally: Tally = { read: 0, sealedAnew: 0, unopened: [] };
  for (const [index, { id: tenantId }] of rows.entries()) {
    for (const column of sealedColumns()) {
      let afterId: string | undefined;
      do {
        const batch = await inTenant(client, tenantId, (session) => rotateBatch(session, box, column, size, afterId));
        count(tally, batch, column, tenantId);
        if (batch.sealedAnew > 0) {
          report(`${before + tally.sealedAnew} sealed anew, tenant ${index + 1} of ${rows.length}`);
        }
        afterId = batch.lastId;
      } while (afterId !== undefined);
    }
  }
  return tally;
}

function count(tally: Tally, batch: RotatedBatch, { table, column }: SealedColumn, tenantId: string): void {
  tally.read += batch.read;
  tally.sealedAnew += batch.sealedAnew;
  tally.unopened.push(...batch.unopened.map((id) => `${table}.${column} ${id} of tenant ${tenantId}`));
}

async function inTenant<T>(client: Client, tenantId: string, work: (session: ReadSession) => Promise<T>): Promise<T> {
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query<Row & object>(sql, [...parameters])).rows;
  await query('BEGIN');
  try {
    await query(`SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', '', true)`, [tenantId]);
    const done = await work({ tenantId, query });
    await query('COMMIT');
    return done;
  } catch (error) {
    await query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
