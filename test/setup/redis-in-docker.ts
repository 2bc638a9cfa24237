import { runAfterOurDeath } from '../../src/start/postgres/watchdog';
import { atTheEnd } from './cleanup';
import { progress } from './progress';
import { messageOf, run } from './run';

const PULL_MS = 180_000;
const COMMAND_MS = 15_000;

/** @returns the URL of a Redis in a container; undefined (and a line in `tried`) where docker cannot start one */
export async function startRedisInDocker(tried: string[]): Promise<string | undefined> {
  try {
    await run('docker', ['info'], { timeoutMs: COMMAND_MS });
    progress('Starting redis:7 with docker');
    const options = ['--detach', '--rm', '--publish', '127.0.0.1::6379'];
    const settings = ['redis-server', '--save', '', '--appendonly', 'no'];
    const container = (await run('docker', ['run', ...options, 'redis:7', ...settings], { timeoutMs: PULL_MS })).trim();
    const watchdog = runAfterOurDeath('docker rm --force "$1"', [container]);
    atTheEnd(async () => {
      await run('docker', ['rm', '--force', container], { timeoutMs: COMMAND_MS });
      watchdog.dismiss();
    });
    const published = await run('docker', ['port', container, '6379/tcp'], { timeoutMs: COMMAND_MS });
    return `redis://${published.split('\n')[0]?.trim() ?? ''}`;
  } catch (error) {
    tried.push(`docker run redis:7: ${messageOf(error)}`);
    return undefined;
  }
}
