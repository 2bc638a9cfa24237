import { execFile } from 'node:child_process';
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries, type PostgresBinaries } from './postgres/binaries';
import { lockDirectory } from './postgres/directory-lock';
import { preparePostgresHome, type PostgresHome } from './postgres/home';
import { startPostmaster, stopOrphan, stopPostmaster } from './postgres/postmaster';

const FAST_SHUTDOWN_MS = 10_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_preload_libraries: 'pg_stat_statements',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %d ',
  // One instance on one machine: no replicas to feed.
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const DISPOSABLE_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

export interface EmbeddedPostgresOptions {
  /** Holds data, password and log; kept between runs. Root may get a folder below /var/lib/openrisk instead. */
  readonly directory: string;
  readonly onProgress: (line: string) => void;
  /** For tests: no fsync, and the directory is deleted at the end. */
  readonly disposable?: boolean;
}

export interface EmbeddedPostgres {
  /** Superuser, TCP on 127.0.0.1. */
  readonly adminUrl: string;
  /** Fast shutdown, bounded; a second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Runs the Postgres that npm installed. We use the package's binaries, not its class: the class puts Postgres into our
 * process group, so that Ctrl-C stops it before the application has drained, it hooks the exit of the process, and it
 * knows no bounded stop. Here Postgres has a session of its own and a watchdog that ends it when we are killed.
 * @throws Error in a sentence the user can act on (in use by another process, no binaries, Postgres's own complaint)
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32')
    throw new Error('The embedded Postgres needs Linux, macOS or WSL. Set DATABASE_URL.');
  const { onProgress, disposable = false } = options;
  const home = await preparePostgresHome(resolve(options.directory), disposable);
  const lock = await lockDirectory(home.path);
  const leave = async (): Promise<void> => {
    await lock.release();
    if (disposable) await rm(home.path, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const binaries = await findPostgresBinaries(home);
    await stopOrphan(home, onProgress);
    await createClusterOnce(binaries, home, onProgress);
    const settings = disposable ? { ...SETTINGS, ...DISPOSABLE_SETTINGS } : SETTINGS;
    const { pid, port, ended } = await startPostmaster(binaries.postgres, home, settings);
    let alive = true;
    let stopping: Promise<void> | undefined;
    void ended.then(() => {
      alive = false;
      if (stopping === undefined) onProgress(`Postgres (pid ${pid}) ended by itself, see ${home.log}`);
    });
    const stop = async (): Promise<void> => {
      if (alive) await stopPostmaster(pid, FAST_SHUTDOWN_MS);
      await leave();
    };
    return {
      adminUrl: `postgresql://postgres:${home.password}@127.0.0.1:${port}/postgres`,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** The data directory appears under its name only when it is complete: an interrupted first start begins anew. */
async function createClusterOnce(
  { initdb }: PostgresBinaries,
  home: PostgresHome,
  onProgress: (line: string) => void,
): Promise<void> {
  if (await stat(home.data).catch(() => undefined)) return;
  onProgress(`Creating a Postgres database in ${home.path}`);
  const draft = join(home.path, 'data.new');
  await rm(draft, { recursive: true, force: true });
  await promisify(execFile)(
    initdb,
    [
      `--pgdata=${draft}`,
      '--username=postgres',
      `--pwfile=${join(home.path, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      // Built in: sorts and folds Unicode alike on every machine, whatever its C library or ICU.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(home.disposable ? ['--no-sync'] : []),
    ],
    { ...home.account, cwd: home.path, env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }, timeout: 120_000 },
  );
  await rename(draft, home.data);
}
