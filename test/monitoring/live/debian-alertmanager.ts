import { access, chmod, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where Debian's Alertmanager looks for its own templates; of other builds they are a part. */
const SHARE = '/usr/share/prometheus/alertmanager';

export interface Runnable {
  readonly program: string;
  /** To be started in. */
  readonly folder: string;
}

/**
 * A package that was unpacked and not installed has its templates elsewhere: a copy of the program looks for them below
 * the folder that it is started in, by a path that is as long.
 */
export async function runnableAlertmanager(program: string, folder: string): Promise<Runnable> {
  const unpacked = resolve(dirname(program), '..', '..');
  const [isInstalled, isUnpacked] = await Promise.all([exists(SHARE), exists(join(unpacked, SHARE))]);
  if (isInstalled || !isUnpacked) return { program, folder };
  const bytes = await readFile(program);
  const elsewhere = Buffer.from(`${SHARE.slice(1)}/`);
  for (let at = bytes.indexOf(SHARE); at !== -1; at = bytes.indexOf(SHARE, at + 1)) elsewhere.copy(bytes, at);
  const copy = join(folder, 'alertmanager-of-debian');
  await writeFile(copy, bytes);
  await chmod(copy, 0o755);
  return { program: copy, folder: unpacked };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
