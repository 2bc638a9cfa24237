import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { until } from './until';

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
  let server = await launch(port, args);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const url = `redis://127.0.0.1:${port}`;
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
      server = await launch(port, args);
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
      server = await launch(port, args);
    },
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** @param args of the program; whatever it is then, it listens on the port */
export async function launch(port: number, args: readonly string[]): Promise<ChildProcess> {
  const binary = process.env['OPENRISK_TEST_REDIS_SERVER'];
  if (!binary) throw new Error('OPENRISK_TEST_REDIS_SERVER names no redis-server');
  const libraries = process.env['OPENRISK_TEST_REDIS_LIBS'];
  const env = libraries ? { ...process.env, LD_LIBRARY_PATH: libraries } : process.env;
  const server = spawn(binary, args, { env, stdio: 'ignore' });
  await until(() => accepts(port), 5_000);
  return server;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export async function sendOne(url: string, args: string[]): Promise<unknown> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(args);
  } finally {
    await client.disconnect();
  }
}
