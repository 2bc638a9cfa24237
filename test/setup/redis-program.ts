import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { unpackRedisFromApt } from './redis-from-apt';
import { messageOf, run } from './run';

export interface RedisProgram {
  readonly binary: string;
  /** Goes into LD_LIBRARY_PATH of that process alone; '' when the system has all it needs. */
  readonly libraries: string;
}

const NAMES = ['redis-server', 'valkey-server'];
/** Where package managers put it without being on everybody's PATH. */
const FURTHER_FOLDERS = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/home/linuxbrew/.linuxbrew/bin'];

export async function installedRedis(): Promise<RedisProgram | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...FURTHER_FOLDERS];
  for (const binary of folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))) {
    const program = { binary, libraries: '' };
    if ((await isExecutable(binary)) && (await complaintOf(program)) === undefined) return program;
  }
  return undefined;
}

/** @param tried gets a line for the user when there is none */
export async function findRedisProgram(tried: string[]): Promise<RedisProgram | undefined> {
  const installed = await installedRedis();
  if (installed) return installed;
  tried.push(`${NAMES.join(', ')} on PATH and in ${FURTHER_FOLDERS.join(', ')}: none`);
  try {
    const unpacked = await unpackRedisFromApt(complaintOf);
    if (unpacked) return unpacked;
    tried.push('apt-get and dpkg, to unpack the redis-server of Debian or Ubuntu: not on this system');
  } catch (error) {
    tried.push(`redis-server unpacked from the packages of the system: ${messageOf(error)}`);
  }
  return undefined;
}

export function environmentOf({ libraries }: RedisProgram): NodeJS.ProcessEnv {
  return libraries === '' ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
}

async function complaintOf(program: RedisProgram): Promise<string | undefined> {
  try {
    await run(program.binary, ['--version'], { timeoutMs: 10_000, env: environmentOf(program) });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
