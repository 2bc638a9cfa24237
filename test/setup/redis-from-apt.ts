import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { progress } from './progress';
import type { RedisProgram } from './redis-program';
import { run } from './run';

const CACHE = resolve(__dirname, '../../.cache/redis');
const DOWNLOAD_MS = 180_000;
const LOCAL_MS = 60_000;
/** The library of a library of a library. */
const LIBRARY_ROUNDS = 4;
/** The program lies in the tools' package, its name in the server's. */
const SERVERS = [
  { packages: ['redis-server', 'redis-tools'], binary: 'usr/bin/redis-server' },
  { packages: ['valkey-server', 'valkey-tools'], binary: 'usr/bin/valkey-server' },
];

type Complaint = (program: RedisProgram) => Promise<string | undefined>;

/**
 * The system's own redis-server, unpacked into a folder of this repository instead of installed: needs no root and
 * changes nothing on the machine. Later runs find it there.
 * @returns undefined where there is no apt
 * @throws Error when the packages cannot be had
 */
export async function unpackRedisFromApt(complaintOf: Complaint): Promise<RedisProgram | undefined> {
  if (!(await exists('/etc/debian_version'))) return undefined;
  // A clone may be shared by containers of different systems.
  const place = join(CACHE, `${await systemName()}-${process.arch}`);
  const unpacked = await programIn(place);
  if (unpacked && (await complaintOf(unpacked)) === undefined) return unpacked;

  progress('There is no redis-server: unpacking the one of this system into .cache/redis (once)');
  const draft = `${place}.${process.pid}`;
  try {
    await download(draft);
    const program = await programIn(draft);
    const complaint = program ? await complaintOf(program) : 'the packages hold no redis-server';
    if (complaint !== undefined) throw new Error(complaint);
    await rm(place, { recursive: true, force: true });
    await rename(join(draft), place);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return programIn(place);
}

async function download(root: string): Promise<void> {
  const archives = join(root, 'archives');
  await mkdir(archives, { recursive: true });
  const sources = [[], await privateAptState(root)];
  let failure: unknown;
  for (const options of sources) {
    if (options.length > 0) {
      progress('The package lists of this system are missing or old: fetching them into .cache/redis');
      // A source that cannot be reached does not matter as long as the packages can be had from another.
      await run('apt-get', [...options, '-q', 'update'], { timeoutMs: DOWNLOAD_MS }).catch(() => undefined);
    }
    for (const { packages, binary } of SERVERS) {
      try {
        await fetchAndUnpack(packages, options, root, archives);
        await fetchMissingLibraries(packages, join(root, binary), options, root, archives);
        await removeAptState(root);
        return;
      } catch (error) {
        failure ??= error;
      }
    }
  }
  throw failure;
}

/** Options that keep apt out of the system's folders, which only root may write. */
async function privateAptState(root: string): Promise<string[]> {
  const lists = join(root, 'apt', 'lists');
  const cache = join(root, 'apt', 'cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  return ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
}

async function removeAptState(root: string): Promise<void> {
  for (const folder of ['apt', 'archives']) await rm(join(root, folder), { recursive: true, force: true });
}

async function fetchAndUnpack(packages: string[], options: string[], root: string, archives: string): Promise<void> {
  // As root apt would become a user who cannot enter a clone below /root.
  const unsandboxed = ['-o', 'APT::Sandbox::User=root'];
  await run('apt-get', [...options, ...unsandboxed, '-q', 'download', ...packages], {
    cwd: archives,
    timeoutMs: DOWNLOAD_MS,
  });
  for (const archive of await readdir(archives)) {
    await run('dpkg', ['-x', join(archives, archive), root], { timeoutMs: LOCAL_MS });
    await rm(join(archives, archive));
  }
}

/** Follows the packages' dependencies, as far as they are not installed, until the program finds every library. */
async function fetchMissingLibraries(
  packages: string[],
  binary: string,
  options: string[],
  root: string,
  archives: string,
): Promise<void> {
  const seen = new Set(packages);
  let parents = packages;
  for (let round = 0; round < LIBRARY_ROUNDS && parents.length > 0; round++) {
    if ((await missingLibraries(binary, root)).length === 0) return;
    const wanted: string[] = [];
    for (const name of await dependenciesOf(parents, options)) {
      if (!seen.has(name) && !(await isInstalled(name))) wanted.push(name);
      seen.add(name);
    }
    if (wanted.length > 0) await fetchAndUnpack(wanted, options, root, archives);
    parents = wanted;
  }
  const missing = await missingLibraries(binary, root);
  if (missing.length > 0) throw new Error(`no package brought ${missing.join(', ')}`);
}

async function missingLibraries(binary: string, root: string): Promise<string[]> {
  const env = { ...process.env, LD_LIBRARY_PATH: await libraryPath(root) };
  const report = await run('ldd', [binary], { timeoutMs: LOCAL_MS, env });
  return [...report.matchAll(/^\s*(\S+) => not found/gm)].map(([, name = '']) => name);
}

async function dependenciesOf(packages: string[], options: string[]): Promise<string[]> {
  const report = await run('apt-cache', [...options, 'depends', ...packages], { timeoutMs: LOCAL_MS });
  return [...report.matchAll(/^\s*\|?(?:Pre)?Depends: ((?:lib|lua)[^\s<>]*)/gm)].map(([, name = '']) => name);
}

async function isInstalled(name: string): Promise<boolean> {
  const status = await run('dpkg-query', ['-W', '-f', '${Status}', name], { timeoutMs: LOCAL_MS }).catch(() => '');
  return status.endsWith(' installed');
}

async function programIn(root: string): Promise<RedisProgram | undefined> {
  for (const { binary } of SERVERS) {
    const file = join(root, binary);
    if (await exists(file)) return { binary: file, libraries: await libraryPath(root) };
  }
  return undefined;
}

/** Every unpacked folder that holds a shared library. */
async function libraryPath(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const libraries = entries.filter((entry) => !entry.isDirectory() && /\.so(\.|$)/.test(entry.name));
  return [...new Set(libraries.map((entry) => entry.parentPath))].join(':');
}

async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'unknown';
  return `${field('ID')}-${field('VERSION_ID')}`;
}

async function exists(file: string): Promise<boolean> {
  return readdir(dirname(file)).then(
    (names) => names.some((name) => file.endsWith(`/${name}`)),
    () => false,
  );
}
