import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { runAfterOurDeath } from '../../src/start/postgres/watchdog';
import { freePort } from '../support/free-port';
import { atTheEnd } from './cleanup';
import { startRedisInDocker } from './redis-in-docker';
import { environmentOf, findRedisProgram, installedRedis, type RedisProgram } from './redis-program';
import { messageOf } from './run';

const START_MS = 10_000;
const PORT_ATTEMPTS = 3;
const POLL_MS = 20;
const PING_MS = 2_000;

/**
 * A real Redis: the one of TEST_REDIS_URL, a redis-server of this machine, one unpacked from the system's packages, or
 * one in docker. Never a mock, and never tests that are left out in silence.
 */
export async function prepareRedis(): Promise<void> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) {
    await ping(given).catch((error: unknown) => {
      throw new Error(`The Redis of TEST_REDIS_URL does not answer: ${messageOf(error)}`);
    });
    publish(given, await installedRedis());
    return;
  }
  const tried: string[] = ['TEST_REDIS_URL: not set'];
  const program = await findRedisProgram(tried);
  if (program) {
    publish(await startRedis(program), program);
    return;
  }
  const url = await startRedisInDocker(tried);
  if (url === undefined) throw new Error(advice(tried));
  await answers(url);
  publish(url, undefined);
}

function publish(url: string, program: RedisProgram | undefined): void {
  process.env['OPENRISK_TEST_REDIS_URL'] = url;
  process.env['OPENRISK_TEST_REDIS_SERVER'] = program?.binary ?? '';
  process.env['OPENRISK_TEST_REDIS_LIBS'] = program?.libraries ?? '';
}

function advice(tried: string[]): string {
  return [
    'The tests need a real Redis and found no way to one. Tried:',
    ...tried.map((line) => `  - ${line}`),
    'One of these helps: apt-get install redis-server | brew install redis | dnf install redis | apk add redis |',
    'start docker | TEST_REDIS_URL=redis://127.0.0.1:6379 (its contents are overwritten)',
  ].join('\n');
}

async function startRedis(program: RedisProgram): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'openrisk-test-redis-'));
  atTheEnd(() => rm(directory, { recursive: true, force: true }));
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
    const port = await freePort();
    const listening = ['--bind', '127.0.0.1', '--port', `${port}`];
    const forgetful = ['--save', '', '--appendonly', 'no', '--dir', directory, '--logfile', join(directory, 'log')];
    const server = spawn(program.binary, [...listening, ...forgetful], {
      env: environmentOf(program),
      cwd: directory,
      // Ctrl-C is for jest, which ends Redis when its tests are through with it.
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(server, 'exit').catch(() => undefined);
    server.unref();
    const watchdog = runAfterOurDeath('kill -9 "$1"; rm -rf "$2"', [`${server.pid ?? ''}`, directory]);
    void ended.then(() => watchdog.dismiss());
    atTheEnd(() => {
      // Or jest, with nothing else to wait for, would end right here: in silence and as a success.
      server.ref();
      server.kill('SIGKILL');
      return ended;
    });
    const url = `redis://127.0.0.1:${port}`;
    if (await Promise.race([answers(url, server.pid), ended.then(() => false)])) return url;
  }
  const log = await readFile(join(directory, 'log'), 'utf8').catch(() => '');
  throw new Error(`${program.binary} does not start:\n${log.slice(-1_000)}`);
}

/** Waits until it does, within bounds. */
async function answers(url: string, pid?: number): Promise<true> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await ping(url, pid);
      return true;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}

/** @param pid of the Redis that must be the one to answer: somebody else may have taken the port */
async function ping(url: string, pid?: number): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: PING_MS, reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const info = await Promise.race([client.info('server'), sleep(PING_MS, '', { ref: false })]);
    if (!info.includes(pid === undefined ? 'process_id:' : `process_id:${pid}\r`))
      throw new Error(`No answer on ${new URL(url).host}`);
  } finally {
    await client.disconnect();
  }
}
