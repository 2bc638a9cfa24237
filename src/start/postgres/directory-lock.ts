import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code';
import { startOfProcess } from './processes';

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * One launcher per directory. The lock names its holder by pid and start time, so that what a killed holder leaves
 * behind is recognised and taken over.
 * @throws Error that names the pid of the living holder
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const lockFile = join(directory, 'launcher.pid');
  const own = `${process.pid} ${startOfProcess(process.pid) ?? ''}`;
  const draft = `${lockFile}.${process.pid}`;
  await writeFile(draft, own);
  try {
    // link() makes the file appear with its content, or not at all.
    while (!(await linked(draft, lockFile))) await removeStaleLock(directory, lockFile);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release: async () => {
      if ((await readIfThere(lockFile)) === own) await rm(lockFile, { force: true });
    },
  };
}

async function removeStaleLock(directory: string, lockFile: string): Promise<void> {
  const holder = await readIfThere(lockFile);
  if (holder === undefined) return;
  refuseWhenAlive(directory, holder);
  const aside = `${lockFile}.stale-${process.pid}`;
  try {
    await rename(lockFile, aside);
    // Somebody else may have replaced the stale lock in between: then give theirs back.
    const moved = await readFile(aside, 'utf8');
    if (moved !== holder) {
      await linked(aside, lockFile);
      refuseWhenAlive(directory, moved);
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function refuseWhenAlive(directory: string, holder: string): void {
  const [pid, start] = holder.split(/ (.*)/);
  if (startOfProcess(Number(pid)) !== start) return;
  throw new Error(
    `The embedded Postgres in ${directory} is already in use by process ${pid ?? '?'}. Stop that one first, or set DATABASE_URL.`,
  );
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
