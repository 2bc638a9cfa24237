import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresHome } from './home';
import { commandOfProcess, startOfProcess } from './processes';
import { runAfterOurDeath } from './watchdog';

const POLL_MS = 15;
const START_DEADLINE_MS = 60_000;
const BIND_ATTEMPTS = 5;
/** The children of a postmaster that was SIGKILLed need a moment to notice. */
const ORPHAN_CHILDREN_MS = 10_000;

const STOP_AND_DELETE = `kill -INT "$1"
n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
if [ -n "$2" ]; then rm -rf "$2"; fi`;

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/**
 * Starts Postgres on a free port of 127.0.0.1 and waits until it takes connections.
 * @throws Error with the end of Postgres's own log
 */
export async function startPostmaster(
  postgres: string,
  home: PostgresHome,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  const givenUpAt = Date.now() + ORPHAN_CHILDREN_MS;
  for (let bindAttempt = 1; ;) {
    const port = await freePort();
    const logBefore = (await stat(home.log)).size;
    const postmaster = spawnPostmaster(postgres, home, { ...settings, port: `${port}` });
    if (await becameReady(postmaster, home)) return { ...postmaster, port };

    const complaint = (await readFile(home.log)).subarray(logBefore).toString('utf8').trim();
    if (/could not create any TCP\/IP sockets|Address already in use/.test(complaint)) {
      if (++bindAttempt <= BIND_ATTEMPTS) continue;
    } else if (/pre-existing shared memory block/.test(complaint) && Date.now() < givenUpAt) {
      await sleep(100);
      continue;
    }
    throw new Error(`Postgres did not start in ${home.path}:\n${complaint.slice(-2_000)}`);
  }
}

function spawnPostmaster(
  postgres: string,
  home: PostgresHome,
  settings: Readonly<Record<string, string>>,
): Omit<Postmaster, 'port'> {
  const log = openSync(home.log, 'a');
  try {
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(postgres, ['-D', home.data, ...flags], {
      ...home.account,
      cwd: home.path,
      // Only what the server needs: PGOPTIONS and the like of our own user are not meant for it.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log, log],
    });
    const ended = once(child, 'exit').then(
      () => undefined,
      () => undefined,
    );
    child.unref();
    const pid = child.pid ?? -1;
    const watchdog = runAfterOurDeath(STOP_AND_DELETE, [`${pid}`, home.disposable ? home.path : '']);
    void ended.then(() => watchdog.dismiss());
    return { pid, ended };
  } finally {
    closeSync(log);
  }
}

async function becameReady({ pid, ended }: Omit<Postmaster, 'port'>, home: PostgresHome): Promise<boolean> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    const lines = await pidFileLines(home);
    if (lines[0] === `${pid}` && lines[7]?.trim() === 'ready') return true;
    if (await Promise.race([ended.then(() => true), sleep(POLL_MS, false)])) return false;
  }
  await stopPostmaster(pid, 0);
  return false;
}

/** Fast shutdown (clients are cut off, the data is consistent on disk), a crash-safe one at the deadline, then SIGKILL. */
export async function stopPostmaster(pid: number, fastShutdownMs: number): Promise<void> {
  const steps = [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 3_000],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (startOfProcess(pid) === undefined) return;
      await sleep(POLL_MS);
    }
  }
}

/** Ends what a killed launcher left running. Only for the holder of the directory's lock. */
export async function stopOrphan(home: PostgresHome, onProgress: (line: string) => void): Promise<void> {
  const [pidLine, dataDirectory] = await pidFileLines(home);
  const pid = Number(pidLine);
  if (!Number.isInteger(pid) || pid <= 1 || dataDirectory === undefined) return;
  const command = commandOfProcess(pid);
  if (command === undefined) return;
  if (command.includes(dataDirectory)) {
    onProgress(`Stopping the Postgres (pid ${pid}) that an interrupted run left behind`);
    await stopPostmaster(pid, 10_000);
  } else {
    // The pid went to a stranger: Postgres would take it for a living postmaster and refuse to start.
    await rm(join(home.data, 'postmaster.pid'), { force: true });
  }
}

async function pidFileLines(home: PostgresHome): Promise<string[]> {
  const content = await readFile(join(home.data, 'postmaster.pid'), 'utf8').catch(() => '');
  return content.split('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No TCP port on 127.0.0.1');
  return address.port;
}
