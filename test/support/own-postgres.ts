import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { preparePostgresHome } from '../../src/start/postgres/home';
import { startPostmaster, stopPostmaster } from '../../src/start/postgres/postmaster';

const debian = '/usr/lib/postgresql';
const programs = ['initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore'];

/**
 * Where this machine has a whole Postgres with its client programs; undefined when it has none. The one that npm brings
 * has no pg_dump, and a pg_dump does not dump a server that is newer than itself.
 */
export const postgresPrograms = [
  ...(existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []),
  ...(process.env['PATH'] ?? '').split(delimiter),
].find((directory) => programs.every((program) => existsSync(join(directory, program))));

/** For suites that back up and restore. */
export function describeWithPostgresPrograms(name: string, suite: (directory: string) => void): void {
  if (postgresPrograms !== undefined) {
    const directory = postgresPrograms;
    describe(name, () => suite(directory));
    return;
  }
  process.stdout.write(`left out, there is no Postgres with pg_dump on this machine: ${name}\n`);
  describe.skip(name, () => it('needs pg_dump', () => undefined));
}

export interface OwnPostgres {
  /** A superuser, on the database `postgres`. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** A new server of these programs, empty and soon forgotten. */
export async function startOwnPostgres(directory: string): Promise<OwnPostgres> {
  const home = await preparePostgresHome(await mkdtemp(join(await realpath(tmpdir()), 'openrisk-server-')), true);
  const access = [`--pgdata=${home.data}`, '--username=postgres', `--pwfile=${join(home.path, 'password')}`];
  const kind = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', '--no-sync'];
  await promisify(execFile)(join(directory, 'initdb'), [...access, ...kind], { ...home.account, cwd: home.path });
  const { pid, port, ended } = await startPostmaster(join(directory, 'postgres'), home, {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
  });
  return {
    adminUrl: `postgresql://postgres:${home.password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await stopPostmaster(pid, 10_000);
      await ended;
      await rm(home.path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
