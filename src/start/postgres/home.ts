import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './error-code';

const run = promisify(execFile);

/** Where things go that an unprivileged account must reach while the clone itself is out of its sight (/root). */
export const SHARED_STATE = '/var/lib/openrisk';

/** Whom Postgres runs as; it refuses root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresHome {
  readonly path: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  /** Nothing in it is worth keeping. */
  readonly disposable: boolean;
  /** Undefined: Postgres runs as ourselves. */
  readonly account?: Account;
}

/**
 * A directory in which Postgres can work, with its password file (0600). It is `directory`, except for root in a clone
 * that the unprivileged account cannot traverse: then a folder below /var/lib/openrisk that belongs to this clone.
 * @throws Error in one line when there is no such place or account
 */
export async function preparePostgresHome(directory: string, disposable: boolean): Promise<PostgresHome> {
  if (process.getuid?.() !== 0) return furnish(directory, disposable);

  const account = (await ownerOfData(directory)) ?? (await unprivilegedAccount());
  const clone = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  for (const candidate of [directory, join(SHARED_STATE, `${basename(directory)}-${clone}`)]) {
    await makePrivateDirectory(candidate);
    await chown(candidate, account.uid, account.gid);
    if (await isWritableFor(account, candidate)) return furnish(candidate, disposable, account);
  }
  throw new Error(
    `The account with uid ${account.uid} reaches neither ${directory} nor ${SHARED_STATE}. Set DATABASE_URL.`,
  );
}

/** Whoever made the data keeps it: `sudo npm start` after `npm start` must not lock the user out. */
async function ownerOfData(directory: string): Promise<Account | undefined> {
  const data = await stat(join(directory, 'data')).catch(() => undefined);
  return data === undefined || data.uid === 0 ? undefined : { uid: data.uid, gid: data.gid };
}

async function unprivilegedAccount(): Promise<Account> {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      continue;
    }
  }
  throw new Error(
    'Postgres refuses to run as root, and there is no account "postgres" or "nobody". Start as an ordinary user.',
  );
}

async function isWritableFor(account: Account, path: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'test -w "$0" && test -x "$0"', path], { ...account, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** Private is the directory, not the way to it. */
async function makePrivateDirectory(directory: string): Promise<void> {
  const firstMade = await mkdir(dirname(directory), { recursive: true });
  if (firstMade === SHARED_STATE) await chmod(SHARED_STATE, 0o755);
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

async function furnish(directory: string, disposable: boolean, account?: Account): Promise<PostgresHome> {
  await makePrivateDirectory(directory);
  const path = await realpath(directory);
  const home = { path, data: join(path, 'data'), log: join(path, 'postgres.log'), ...(account && { account }) };
  const passwordFile = join(path, 'password');
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  await writeFile(home.log, '', { mode: 0o600, flag: 'a' });
  if (account) {
    await Promise.all([passwordFile, home.log].map((file) => chown(file, account.uid, account.gid)));
  }
  return { ...home, disposable, password: await readFile(passwordFile, 'utf8') };
}
