import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/start/embedded-postgres';
import { withClient } from '../support/open-database';
import { until } from '../support/until';

describe('the embedded Postgres', () => {
  let directory: string;
  let running: EmbeddedPostgres[];
  let told: string[];

  // One for all: what a test leaves in it must not hurt the next.
  beforeAll(async () => {
    directory = await mkdtemp(join(await realpath(tmpdir()), 'openrisk-embedded-'));
  });

  beforeEach(() => {
    running = [];
    told = [];
  });

  afterEach(async () => {
    for (const postgres of running) await postgres.stop();
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  const start = async (options: { disposable?: boolean; at?: string } = {}): Promise<EmbeddedPostgres> => {
    const { at = directory, disposable = false } = options;
    const postgres = await startEmbeddedPostgres({ directory: at, disposable, onProgress: (line) => told.push(line) });
    running.push(postgres);
    return postgres;
  };

  const valueOf = (url: string, expression: string): Promise<unknown> =>
    withClient(url, async (client) => {
      const { rows } = await client.query<{ value: unknown }>(`SELECT ${expression} AS value`);
      return rows[0]?.value;
    });

  const answers = (url: string): Promise<boolean> =>
    valueOf(url, 'true').then(
      () => true,
      () => false,
    );

  it('keeps its data and its password', async () => {
    const first = await start();
    await withClient(first.adminUrl, (client) => client.query('CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS value'));
    await first.stop();
    expect(await answers(first.adminUrl)).toBe(false);

    const second = await start();
    expect(await valueOf(second.adminUrl, '(SELECT value FROM kept)')).toBe(42);
    expect(new URL(second.adminUrl).password).toBe(new URL(first.adminUrl).password);
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('asks for the password, on 127.0.0.1 and nowhere else', async () => {
    const { adminUrl } = await start();
    const wrong = new URL(adminUrl);
    wrong.password = 'wrong';
    await expect(valueOf(wrong.href, '1')).rejects.toThrow('password authentication failed');
    expect(await valueOf(adminUrl, "current_setting('listen_addresses')")).toBe('127.0.0.1');
    expect(await valueOf(adminUrl, "current_setting('unix_socket_directories')")).toBe('');
  });

  it('is the same Postgres on every machine: Unicode, statistics, safe writes', async () => {
    const { adminUrl } = await start();
    expect(await valueOf(adminUrl, "current_setting('server_encoding')")).toBe('UTF8');
    expect(await valueOf(adminUrl, `lower('ÉÄ') || ('Z' < 'a')::text`)).toBe('éätrue');
    expect(await valueOf(adminUrl, "current_setting('shared_preload_libraries')")).toBe('pg_stat_statements');
    expect(await valueOf(adminUrl, "current_setting('fsync')")).toBe('on');
    expect(await valueOf(adminUrl, "current_setting('max_connections')::int")).toBeGreaterThanOrEqual(50);
  });

  it('names the process that already runs it, and leaves that one alone', async () => {
    const { adminUrl } = await start();
    await expect(start()).rejects.toThrow(
      `The embedded Postgres in ${directory} is already in use by process ${process.pid}.`,
    );
    expect(await answers(adminUrl)).toBe(true);
  });

  it('lets one of several simultaneous starts win', async () => {
    const at = join(directory, 'new');
    const outcomes = await Promise.allSettled([start({ at }), start({ at }), start({ at })]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await answers(running[0]!.adminUrl)).toBe(true);
  });

  it('ends when the process that started it is killed', async () => {
    const launcher = fork(join(__dirname, '../support/embedded-postgres-process.ts'), [directory], {
      execArgv: ['-r', join(__dirname, '../support/swc-register.cjs')],
    });
    const [adminUrl] = (await once(launcher, 'message')) as [string];
    expect(await answers(adminUrl)).toBe(true);
    launcher.kill('SIGKILL');
    await until(() => !existsSync(join(directory, 'data', 'postmaster.pid')));
    expect(await answers(adminUrl)).toBe(false);
    expect(await answers((await start()).adminUrl)).toBe(true);
  });

  it('replaces a Postgres that was left behind all the same', async () => {
    const orphan = await start();
    await withClient(orphan.adminUrl, (client) =>
      client.query('CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS value'),
    );
    await writeFile(join(directory, 'launcher.pid'), '999999999 1');

    const next = await start();
    expect(told.join('\n')).toMatch(/Stopping the Postgres \(pid \d+\) that an interrupted run left behind/);
    expect(await answers(orphan.adminUrl)).toBe(false);
    expect(await valueOf(next.adminUrl, '(SELECT value FROM kept)')).toBe(42);
  });

  it('is not kept from starting by a pid that now belongs to a stranger', async () => {
    await (await start()).stop();
    const pidFile = join(directory, 'data', 'postmaster.pid');
    const { uid, gid } = await stat(join(directory, 'data'));
    // A process of the account that Postgres runs as, which is what makes Postgres believe the file.
    const stranger = fork('-e', ['process.send(1); setTimeout(() => {}, 60000)'], { cwd: '/', execArgv: [], uid, gid });
    await once(stranger, 'message');
    await writeFile(pidFile, [stranger.pid, join(directory, 'data'), 1, 1, '', '', '', ''].join('\n'));
    try {
      expect(await answers((await start()).adminUrl)).toBe(true);
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('stops in spite of clients in the middle of something', async () => {
    const postgres = await start();
    const cutOff = withClient(postgres.adminUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_sleep(60)');
    });
    cutOff.catch(() => undefined);
    await until(
      async () =>
        (await valueOf(
          postgres.adminUrl,
          "(SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep')",
        )) === 1,
    );
    await postgres.stop();
    await expect(cutOff).rejects.toThrow();
  });

  it('works where only we may look, as root too, and leaves nothing of a disposable one', async () => {
    const closed = join(directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const at = join(closed, 'postgres');
    const postgres = await start({ at, disposable: true });
    const home = String(await valueOf(postgres.adminUrl, "current_setting('data_directory')"));
    expect(existsSync(home)).toBe(true);
    await postgres.stop();
    expect(existsSync(home)).toBe(false);
  });

  it('says what Postgres complained about', async () => {
    await (await start()).stop();
    await writeFile(join(directory, 'data', 'PG_VERSION'), '9.6\n');
    await expect(start()).rejects.toThrow(
      /Postgres did not start in .*\n.*database files are incompatible with server/s,
    );
    // And does not lock itself out by the failure.
    await writeFile(join(directory, 'data', 'PG_VERSION'), '18\n');
    expect(await answers((await start()).adminUrl)).toBe(true);
    expect(await readFile(join(directory, 'postgres.log'), 'utf8')).toContain('database files are incompatible');
  });
});
