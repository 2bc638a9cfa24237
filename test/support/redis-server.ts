import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { freePort } from './free-port';
import { until } from './until';

const START_MS = 10_000;
const ANSWER_MS = 20_000;

/** A Redis of one test's own, to be mistreated. It forgets nothing unless told to: every write is on disk. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Sends one command past the cache, as an operator would: `flushall`. */
  command(...args: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** The process stops, its connections stay open and say nothing. */
  freeze(): void;
  thaw(): void;
  /** On the same port; `empty` throws away what was on disk. */
  restart(options: { empty: boolean }): Promise<void>;
  /** Keeps aside what is on disk now, for `restartFromBackup`. */
  backUp(): void;
  /** On the same port, with the data of the last backup: as from a snapshot that is older than the last writes. */
  restartFromBackup(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether this machine has a redis-server to start; with only a running Redis (TEST_REDIS_URL) it has not. */
export const canStartRedis = Boolean(process.env['OPENRISK_TEST_REDIS_SERVER']);

/** For suites that start their own Redis. */
export function describeWithRedis(name: string, suite: () => void): void {
  if (canStartRedis) {
    describe(name, suite);
    return;
  }
  process.stdout.write(`skipped, there is no redis-server to start: ${name}\n`);
  describe.skip(name, () => it('needs a redis-server', () => undefined));
}

/** The Redis that all suites share; undefined when there is none. */
export const sharedRedisUrl = process.env['OPENRISK_TEST_REDIS_URL'];

/** @param settings more of its command line */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'openrisk-redis-'));
  const port = await freePort();
  const data = join(directory, 'appendonlydir');
  const backup = join(directory, 'backup');
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const args = [...place, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...settings];
  const url = `redis://127.0.0.1:${port}`;
  let server = await launch(url, args);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    url,
    port,
    kill,
    command: (...args) => sendOne(url, args),
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    restart: async ({ empty }) => {
      await kill();
      if (empty) rmSync(data, { recursive: true, force: true });
      server = await launch(url, args);
    },
    backUp: () => {
      // A server that has just been emptied may have nothing on disk yet.
      if (!existsSync(data)) return;
      rmSync(backup, { recursive: true, force: true });
      cpSync(data, backup, { recursive: true });
    },
    restartFromBackup: async () => {
      await kill();
      rmSync(data, { recursive: true, force: true });
      if (existsSync(backup)) cpSync(backup, data, { recursive: true });
      server = await launch(url, args);
    },
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Until it answers.
 *
 * @param url of the port that `args` make it listen on, with the password they ask for
 * @throws Error when it ends instead: somebody else may have the port
 */
export async function launch(url: string, args: readonly string[]): Promise<ChildProcess> {
  const binary = process.env['OPENRISK_TEST_REDIS_SERVER'];
  if (!binary) throw new Error('OPENRISK_TEST_REDIS_SERVER names no redis-server');
  const libraries = process.env['OPENRISK_TEST_REDIS_LIBS'];
  const env = libraries ? { ...process.env, LD_LIBRARY_PATH: libraries } : process.env;
  const server = spawn(binary, args, { env, stdio: 'ignore' });
  const isUp = async (): Promise<boolean> => {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}: ${args.join(' ')}`);
    const info = await sendOne(url, ['INFO', 'server']).catch(() => '');
    return String(info).includes(`process_id:${server.pid}\r`);
  };
  try {
    await until(isUp, START_MS);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  return server;
}

/** @throws Error of Redis; or when it cannot be reached, or says nothing for 20 seconds */
export async function sendOne(url: string, args: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  const answer = client.connect().then(() => client.sendCommand(args));
  const silence = new AbortController();
  const tooLate = pause(ANSWER_MS, undefined, { signal: silence.signal }).then(() => {
    throw new Error(`Redis says nothing to ${args.join(' ')}`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    silence.abort();
    if (client.isOpen) await client.disconnect();
  }
}
