import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../setup/run';
import { root } from './compose-files';

const NAMES = ['prometheus', 'promtool', 'alertmanager', 'amtool', 'redis_exporter', 'postgres_exporter'] as const;
type Name = (typeof NAMES)[number];
export type Programs = Readonly<Record<Name, string>>;

/** What Debian calls them. */
const DEBIAN_NAMES: Partial<Record<Name, string>> = {
  alertmanager: 'prometheus-alertmanager',
  redis_exporter: 'prometheus-redis-exporter',
  postgres_exporter: 'prometheus-postgres-exporter',
};
const PACKAGES = [
  'prometheus',
  'promtool',
  'prometheus-alertmanager',
  'prometheus-redis-exporter',
  'prometheus-postgres-exporter',
];
/** A stable Debian's are years old; these are the versions that the compose files name. Static programs: they run anywhere. */
const SUITE = 'sid';
const CACHE = join(root, '.cache', 'monitoring');
const DOWNLOAD_MS = 180_000;

/**
 * Prometheus and its company: those of the PATH, or Debian's own unpacked into .cache/monitoring (no installation).
 *
 * @returns undefined on a machine that has neither them nor apt
 */
export async function findPrograms(report: (line: string) => void): Promise<Programs | undefined> {
  const found = await programsIn([...(process.env['PATH'] ?? '').split(delimiter), join(CACHE, 'usr', 'bin')]);
  if (found) return found;
  const uri = await debianUri();
  if (uri === undefined) return undefined;
  report('Unpacking Prometheus, Alertmanager and the exporters into .cache/monitoring (once)');
  await unpack(uri);
  return programsIn([join(CACHE, 'usr', 'bin')]);
}

async function programsIn(folders: readonly string[]): Promise<Programs | undefined> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of NAMES) {
    for (const file of folders.flatMap((folder) => [join(folder, name), join(folder, DEBIAN_NAMES[name] ?? name)])) {
      if (found[name] === undefined && (await isExecutable(file))) found[name] = file;
    }
    if (found[name] === undefined) return undefined;
  }
  return found as Programs;
}

/** Where this Debian has its packages from: the later suites lie there as well. */
async function debianUri(): Promise<string | undefined> {
  const sources = await readFile('/etc/apt/sources.list.d/debian.sources', 'utf8').catch(() => '');
  const list = await readFile('/etc/apt/sources.list', 'utf8').catch(() => '');
  return /^URIs: (\S+)/m.exec(sources)?.[1] ?? /^deb (?:\[.*\] )?(\S+) /m.exec(list)?.[1];
}

async function unpack(uri: string): Promise<void> {
  const draft = `${CACHE}.${process.pid}`;
  const apt = join(draft, 'apt');
  await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
  await mkdir(join(apt, 'cache', 'archives', 'partial'), { recursive: true });
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=${keys}] ${uri} ${SUITE} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${join(apt, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    // As root apt would become a user who cannot enter a clone below /root.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  try {
    await run('apt-get', [...options, '-q', 'update'], { timeoutMs: DOWNLOAD_MS });
    await run('apt-get', [...options, '-q', 'download', ...PACKAGES], { cwd: apt, timeoutMs: DOWNLOAD_MS });
    for (const archive of (await readdir(apt)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(apt, archive), draft], { timeoutMs: DOWNLOAD_MS });
    }
    await rm(apt, { recursive: true });
    await rm(CACHE, { recursive: true, force: true });
    await rename(draft, CACHE);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
