import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { launch, sendOne, startRedis, type TestRedis } from './redis-server';
import { until } from './until';

const MASTER = 'cached';
const DOWN_AFTER_MS = 500;

/** A master, its replica, and a sentinel that swaps them. */
export interface WatchedRedis {
  /** By its sentinel. */
  readonly url: string;
  readonly master: TestRedis;
  readonly replica: TestRedis;
  /** Of the one that the sentinel names. */
  masterPort(): Promise<number>;
  /** As an operator would, with everybody alive. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWatchedRedis(): Promise<WatchedRedis> {
  const quick = ['--repl-diskless-sync-delay', '0'];
  const [master, replica] = await Promise.all([startRedis(quick), startRedis(quick)]);
  await replica.command('REPLICAOF', '127.0.0.1', `${master.port}`);
  const isInStep = async () => /master_link_status:up/.test(String(await replica.command('INFO', 'replication')));
  await until(isInStep, 10_000);

  const directory = mkdtempSync(join(tmpdir(), 'openrisk-sentinel-'));
  const port = await freePort();
  const settings = join(directory, 'sentinel.conf');
  const rules = [
    `monitor ${MASTER} 127.0.0.1 ${master.port} 1`,
    `down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
    `failover-timeout ${MASTER} 3000`,
  ];
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, ...rules.map((rule) => `sentinel ${rule}`)];
  writeFileSync(settings, `${lines.join('\n')}\n`);
  const address = `redis://127.0.0.1:${port}`;
  const sentinel = await launch(address, [settings, '--sentinel']);
  const ask = (...args: string[]): Promise<unknown> => sendOne(address, args);
  const hasGoodReplica = async () => {
    const [state = []] = (await ask('SENTINEL', 'REPLICAS', MASTER)) as string[][];
    return state[state.indexOf('flags') + 1] === 'slave' && state[state.indexOf('master-link-status') + 1] === 'ok';
  };
  await until(hasGoodReplica, 20_000);
  return {
    url: `redis+sentinel://127.0.0.1:${port}/${MASTER}`,
    master,
    replica,
    masterPort: async () => Number(((await ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as string[])[1]),
    // A busy machine can make the sentinel miss its replica's answers for a moment: it refuses, and is asked again.
    failOver: () =>
      until(async () => {
        try {
          return (await ask('SENTINEL', 'FAILOVER', MASTER)) === 'OK';
        } catch (error) {
          if (/NOGOODSLAVE/.test(String(error))) return false;
          throw error;
        }
      }, 20_000),
    stop: async () => {
      sentinel.kill('SIGKILL');
      await Promise.all([once(sentinel, 'exit'), master.stop(), replica.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
