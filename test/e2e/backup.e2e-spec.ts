import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { addRisk } from '../factories/risk';
import type { TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import { describeWithPostgresPrograms, startOwnPostgres, type OwnPostgres } from '../support/own-postgres';
import { runProduct } from '../support/product-process';
import { createTestApp, type TestApp, type TestTenant } from '../support/test-app';
import { until } from '../support/until';

jest.setTimeout(120_000);

const passwords = { OWNER_PASSWORD: 'o-7c1f', APPLICATION_PASSWORD: 'a-93be', BACKUP_PASSWORD: 'b-2d40' };
const WRITERS = 4;
const BEFORE = 20;

describeWithPostgresPrograms('A backup as docs/operations.md says', (programs) => {
  let commands: string[];
  let directory: string;
  const atTheEnd: (() => Promise<unknown>)[] = [];
  let source: TestApp;
  let database: TestDatabase;
  let restoredDatabase: TestDatabase;
  let restored: TestApp;
  /** Ids in the order of their 201. */
  const written: { before: string[]; all: string[] } = { before: [], all: [] };

  const sh = (script: string, env: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)('sh', ['-euc', script], {
      cwd: directory,
      env: { ...passwords, PATH: [programs, process.env['PATH']].join(delimiter), ...env },
      timeout: 60_000,
    });

  beforeAll(async () => {
    commands = await commandsOf('Back up and restore');
    directory = await mkdtemp(join(tmpdir(), 'openrisk-backup-'));
    atTheEnd.push(() => rm(directory, { recursive: true, force: true }));
    const [oldServer, newServer] = await Promise.all([newPostgres(), newPostgres()]);
    [database, restoredDatabase] = [databaseOn(oldServer), databaseOn(newServer)];
    const [role = '', backUp = '', rolesAndDatabase = '', restore = ''] = commands;
    await sh(rolesAndDatabase, { NEW_SERVER_URL: oldServer.adminUrl });
    await sh(role, { SUPERUSER_URL: database.adminUrl });
    source = await createTestApp({ database });
    atTheEnd.unshift(() => source.close());
    await addRisk(source.as('admin', source.globex), { title: 'Only of globex' });

    const backupUrl = urlWith(database.adminUrl, 'openrisk_backup', passwords.BACKUP_PASSWORD);
    await writeDuring(async () => {
      await sh(backUp, { BACKUP_URL: backupUrl });
      const known = written.all.length;
      await until(() => written.all.length > known);
    });
    await sh(rolesAndDatabase, { NEW_SERVER_URL: newServer.adminUrl });
    await sh(restore, { NEW_DATABASE_URL: restoredDatabase.adminUrl });
    // Without the owner's URL the boot changes nothing: it checks.
    restored = await createTestApp({ sharing: source, database: restoredDatabase, env: { DATABASE_OWNER_URL: '' } });
    atTheEnd.unshift(() => restored.close());
  });

  afterAll(async () => {
    for (const end of atTheEnd) await end();
  });

  async function newPostgres(): Promise<OwnPostgres> {
    const server = await startOwnPostgres(programs);
    atTheEnd.unshift(() => server.stop());
    return server;
  }

  /** Requests of several clients, the first of them answered before `work` begins, until it has ended. */
  async function writeDuring(work: () => Promise<void>): Promise<void> {
    let ending = false;
    const client = source.as('admin');
    const writers = Array.from({ length: WRITERS }, async () => {
      while (!ending) written.all.push((await addRisk(client)).id);
    });
    await until(() => written.all.length >= BEFORE, 20_000);
    written.before = [...written.all];
    await work();
    ending = true;
    await Promise.all(writers);
  }

  it('cannot be made as one of the roles of the application: nothing is left out in silence', async () => {
    for (const url of [database.applicationUrl, database.ownerUrl]) {
      await expect(sh('pg_dump --file=/dev/null "$BACKUP_URL"', { BACKUP_URL: url })).rejects.toThrow(
        /permission denied|row-level security/,
      );
    }
  });

  it('holds what was written before it, and nothing by half: each risk with its history and its audit entry', async () => {
    const { rows } = await withClient(restoredDatabase.adminUrl, (admin) =>
      admin.query<{ id: string; whole: boolean }>(
        `SELECT r.id,
           EXISTS (SELECT FROM risk_history h WHERE h.tenant_id = r.tenant_id AND h.risk_id = r.id)
             AND EXISTS (SELECT FROM audit_log a WHERE a.tenant_id = r.tenant_id AND a.resource_id = r.id::text) AS whole
         FROM risks r WHERE r.tenant_id = $1`,
        [source.acme.id],
      ),
    );
    const ids = rows.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(written.before));
    expect(rows.filter(({ whole }) => !whole)).toEqual([]);
    // Some came too late for it: requests did write meanwhile.
    expect(written.all.filter((id) => !ids.includes(id))).not.toEqual([]);
  });

  it('becomes the same database: owners, rights, policies, indexes, functions, triggers', async () => {
    const [old, fresh] = await Promise.all([database, restoredDatabase].map(({ adminUrl }) => shapeOf(adminUrl)));
    expect(fresh).toEqual(old);
    expect(old?.length).toBeGreaterThan(200);
  });

  it('carries an application in which people log in, read, write and search, each in their tenant', async () => {
    const session = await restored.anonymous().post('/api/v1/auth/login', {
      ...{ email: 'admin@acme.test', password: 'test password' },
    });
    expect(session.status).toBe(200);
    const [risk = ''] = written.before;
    const titlesOf = async (tenant: TestTenant): Promise<string[]> => {
      const { body } = await restored.as('admin', tenant).get('/api/v1/risks?limit=100');
      return (body.items as { title: string }[]).map(({ title }) => title);
    };
    expect(await titlesOf(restored.globex)).toEqual(['Only of globex']);
    expect(await titlesOf(restored.acme)).not.toContain('Only of globex');
    expect((await restored.as('admin').get(`/api/v1/risks/${risk}`)).status).toBe(200);
    expect((await restored.as('admin', restored.globex).get(`/api/v1/risks/${risk}`)).status).toBe(404);
    await addRisk(restored.as('admin'), { title: 'Written after the restore' });
    expect(await titlesOf(restored.acme)).toContain('Written after the restore');
    const found = await restored.as('admin').get('/api/v1/risks?q=restore');
    expect(found.body.items).toMatchObject([{ title: 'Written after the restore' }]);
  });

  it('has an audit log whose chain is whole', async () => {
    const run = runProduct('verify-audit', [], { DATABASE_URL: restoredDatabase.applicationUrl });
    expect({ code: await run.ended(), output: run.output() }).toEqual({
      code: 0,
      output: expect.stringMatching(/^acme .* none$/m),
    });
  });
});

function databaseOn({ adminUrl }: OwnPostgres): TestDatabase {
  const url = new URL('/openrisk', adminUrl).href;
  return {
    adminUrl: url,
    ownerUrl: urlWith(url, 'openrisk_owner', passwords.OWNER_PASSWORD),
    applicationUrl: urlWith(url, 'openrisk_app', passwords.APPLICATION_PASSWORD),
    drop: () => Promise.resolve(),
  };
}

function urlWith(url: string, username: string, password: string): string {
  return Object.assign(new URL(url), { username, password }).href;
}

/** The shell commands under one heading of the page. */
async function commandsOf(heading: string): Promise<string[]> {
  const page = await readFile(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, script = '']) => script);
}

/** Everything about the database that is not a row of it, as lines. */
async function shapeOf(adminUrl: string): Promise<string[]> {
  const { rows } = await withClient(adminUrl, (admin) =>
    admin.query<{ line: string }>(`
      WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'pgboss', 'search'))
      SELECT concat_ws(' ', nspname, relname, relkind, relrowsecurity, relforcerowsecurity, relowner::regrole,
          (SELECT array_agg(item::text ORDER BY item::text) FROM unnest(relacl) item)) AS line
        FROM pg_class JOIN ours ON ours.oid = relnamespace
      UNION ALL SELECT concat_ws(' ', 'policy', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check)
        FROM pg_policies
      UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes JOIN ours ON nspname = schemaname
      UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(c.oid))
        FROM pg_constraint c JOIN ours ON ours.oid = connamespace
      UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger
        WHERE NOT tgisinternal
      UNION ALL SELECT concat_ws(' ', 'function', p.oid::regprocedure, proowner::regrole, md5(pg_get_functiondef(p.oid)),
          (SELECT array_agg(item::text ORDER BY item::text) FROM unnest(proacl) item))
        FROM pg_proc p JOIN ours ON ours.oid = pronamespace JOIN pg_language l ON l.oid = prolang
        WHERE prokind = 'f' AND lanname <> 'c'
      UNION ALL SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
      UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspowner::regrole) FROM pg_namespace WHERE nspname !~ '^pg_'
      ORDER BY line`),
  );
  return rows.map(({ line }) => line);
}
