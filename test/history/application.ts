import { Module, type INestApplicationContext, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as pause } from 'node:timers/promises';
import { AppModule } from '../../src/app.module';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CACHE_STORE } from '../../src/cache/cache-store.token';
import { CacheMetrics } from '../../src/cache/cache.metrics';
import type { CacheStore } from '../../src/cache/store';
import { watchCommits } from './commits';
import { Journal, now } from './journal';
import type { ApplicationOptions, Order, Report } from './messages';
import { openWrites } from './open-write';
import { plantBug } from './plants';
import { Random } from './random';
import { RowReader } from './row.reader';
import { RowWriter } from './row.writer';
import { Workload } from './workload';

const LOOK_MS = 5;
/** Long enough for somebody else to look at Redis. */
const HELD_COMMIT_MS = 600;

/** One application of the history: the product's own module, with readers and writers beside its features. */
async function run({ env, directory, place, seed, plant }: ApplicationOptions): Promise<void> {
  // Also when its parent is gone before it has booted.
  process.on('disconnect', exit);
  const journal = new Journal(directory, place);
  const fail = (what: string): void => journal.write({ kind: 'failure', at: now(), what });
  process.on('unhandledRejection', (error) => fail(`Unhandled rejection: ${String(error)}`));
  process.on('uncaughtException', (error) => fail(`Uncaught exception: ${String(error.stack)}`));

  @Module({ imports: [AppModule.forEnvironment(env)], providers: [RowReader, RowWriter] })
  class HistoryModule {}
  if (plant !== undefined) plantBug(plant);
  const app = await NestFactory.createApplicationContext(HistoryModule, {
    logger: failuresOnly(fail),
    abortOnError: false,
  });
  hearEvictions(app);
  hearPuts(app, journal);

  const health = app.get(CacheHealthReader, { strict: false });
  const isUpToDate = (): boolean => {
    const { breaker, deferredEvictions } = health.cacheHealth();
    return breaker === 'closed' && deferredEvictions === 0;
  };
  const random = new Random(seed);
  const workload = new Workload(app.get(RowReader), app.get(RowWriter), journal, random, isUpToDate);
  watchCommits(workload);
  watchHealth(isUpToDate, workload, journal);

  const obey = async (order: Order): Promise<void> => {
    switch (order.do) {
      case 'start':
        workload.start();
        return;
      case 'stop':
        await workload.stop();
        tell({ tell: 'stopped' });
        return;
      case 'read all':
        await workload.readAll();
        tell({ tell: 'all read' });
        return;
      case 'kill yourself at the next commit':
        workload.killAtCommit = true;
        return;
      case 'hold the next commit':
        workload.atNextCommit = async () => {
          tell({ tell: 'holding a commit' });
          await pause(HELD_COMMIT_MS);
        };
    }
  };
  process.off('disconnect', exit);
  process.on('disconnect', () => void app.close().then(exit));
  process.on('message', (order: Order) => void obey(order));
  tell({ tell: 'ready' });
}

function tell(report: Report): void {
  process.send?.(report);
}

function exit(): void {
  process.exit();
}

/** A decorated write tells its caller nothing: its metric does, and that of each write is wanted. */
function hearEvictions(app: INestApplicationContext): void {
  const metrics = app.get(CacheMetrics, { strict: false });
  const evicted = metrics.evicted.bind(metrics);
  metrics.evicted = (caches, result) => {
    openWrites.getStore()?.evictions.push(result);
    evicted(caches, result);
  };
  const store = app.get<CacheStore>(CACHE_STORE, { strict: false });
  const mark = store.mark.bind(store);
  store.mark = async (...marked) => {
    const changed = await mark(...marked);
    openWrites.getStore()?.marks.push(changed.status);
    return changed;
  };
}

function hearPuts(app: INestApplicationContext, journal: Journal): void {
  const metrics = app.get(CacheMetrics, { strict: false });
  const put = metrics.put.bind(metrics);
  metrics.put = (cache, result) => {
    if (result === 'stored') journal.write({ kind: 'put', at: now() });
    put(cache, result);
  };
}

function watchHealth(isUpToDate: () => boolean, workload: Workload, journal: Journal): void {
  let told = false;
  setInterval(() => {
    const at = now();
    const served = isUpToDate();
    if (served && (!told || workload.unsettled)) {
      workload.unsettled = false;
      journal.write({ kind: 'settled', at });
    }
    if (served !== told) tell({ tell: 'served', served });
    told = served;
  }, LOOK_MS).unref();
}

/** An error in the log of an application that only Redis has left is one too many. */
function failuresOnly(fail: (what: string) => void): LoggerService {
  const nothing = (): void => undefined;
  const failed = (message: unknown, ...rest: unknown[]): void => fail(`Logged: ${String(message)} ${String(rest[0])}`);
  return { log: nothing, warn: nothing, debug: nothing, verbose: nothing, error: failed, fatal: failed };
}

if (require.main === module) {
  run(JSON.parse(process.argv[2] ?? '{}') as ApplicationOptions).catch((error: unknown) => {
    process.stderr.write(
      `It did not boot: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  });
}
