import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { atTheEnd } from '../../setup/cleanup';
import { withClient } from '../../support/open-database';
import { runProduct, type ProductProcess } from '../../support/product-process';
import { testSecret, type TestApp } from '../../support/test-app';

const SAMPLE_MS = 250;
const MEGABYTE = 1_048_576;

interface Sample {
  /** Share of the rows that are stored, 0 to 1. */
  readonly done: number;
  readonly rssMegabytes: number;
  readonly heapMegabytes: number;
}

/** What an import cost the process that made it, in its first and in its last quarter. */
export interface ImportElsewhere {
  readonly seconds: number;
  readonly rssMegabytes: readonly [first: number, last: number];
  /** The least that was seen: what is there once garbage is collected. */
  readonly heapMegabytes: readonly [first: number, last: number];
  /** Of how many different numbers of rows the progress was seen. */
  readonly progress: number;
}

/**
 * Has a file imported by a process of its own, of the product.
 *
 * @param app only hands in
 * @param heapMegabytes the most that the process may use
 * @param killed in the middle; another one makes the import
 */
export async function importElsewhere(
  app: TestApp,
  file: Buffer,
  { heapMegabytes, killed }: { readonly heapMegabytes: number; readonly killed: boolean },
): Promise<ImportElsewhere> {
  const client = app.as('admin');
  let worker = await startWorker(app, heapMegabytes);
  const { body } = await client.post('/api/v1/risks/import-jobs', file, { 'content-type': 'text/csv' });
  const job = async () => (await client.get(`/api/v1/jobs/${body.id}`)).body;
  let startedAt = performance.now();
  let samples: Sample[] = [];
  let wasKilled = false;
  for (let now = await job(); ['QUEUED', 'RUNNING'].includes(now.status); now = await job()) {
    const done = now.total ? now.done / now.total : 0;
    if (now.done > 0) samples.push({ done, ...(await memoryOf(worker)) });
    if (killed && !wasKilled && done > 0.5) {
      wasKilled = true;
      worker = await replace(app, worker, heapMegabytes, body.id);
      [samples, startedAt] = [[], performance.now()];
    }
    await setTimeout(SAMPLE_MS);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { status, error } = await job();
  if (status !== 'SUCCEEDED') throw new Error(`The import is ${status}: ${error}`);
  worker.child.kill('SIGKILL');
  await worker.ended();
  await assertOnce(app, (await job()).total);
  const first = samples.filter(({ done }) => done <= 0.25);
  const last = samples.filter(({ done }) => done >= 0.75);
  const progress = new Set(samples.map(({ done }) => done)).size;
  return { seconds, rssMegabytes: [most(first), most(last)], heapMegabytes: [least(first), least(last)], progress };
}

async function startWorker(app: TestApp, heapMegabytes: number): Promise<Worker> {
  const worker = runProduct('start', ['--no-demo'], {
    ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, CACHE_STORE: 'none', JOBS_POLL_INTERVAL_MS: '200' },
    ...{ DATABASE_URL: app.database.applicationUrl, DATABASE_OWNER_URL: app.database.ownerUrl },
    NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
  });
  atTheEnd(() => {
    worker.child.kill('SIGKILL');
    return worker.ended();
  });
  const [, metricsUrl = ''] = await worker.untilPrinted(/Metrics +(http\S+)/);
  return { ...worker, metricsUrl };
}

interface Worker extends ProductProcess {
  readonly metricsUrl: string;
}

async function replace(app: TestApp, worker: Worker, heapMegabytes: number, jobId: string): Promise<Worker> {
  worker.child.kill('SIGKILL');
  await worker.ended();
  await withClient(app.database.adminUrl, async (sql) => {
    // Postgres notices by itself that nobody is there any more.
    const ofOthers = `datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`;
    while ((await sql.query(`SELECT FROM pg_stat_activity WHERE ${ofOthers}`)).rowCount) await setTimeout(SAMPLE_MS);
    const { rowCount } = await sql.query(`SELECT FROM risks LIMIT 1`);
    if (rowCount) throw new Error('Something of an import is there whose process was killed');
    // What a minute without a heartbeat would make of it.
    await sql.query(`UPDATE pgboss.job SET started_on = now() - interval '10 minutes' WHERE id = $1`, [jobId]);
  });
  return startWorker(app, heapMegabytes);
}

/** Each row is one risk, in its first version, found and counted. */
async function assertOnce({ database }: TestApp, rows: number): Promise<void> {
  const { rows: counts } = await withClient(database.adminUrl, (sql) =>
    sql.query<{ count: number }>(`
      SELECT count(*)::int AS count FROM risks UNION ALL SELECT count(*)::int FROM risk_history WHERE version = 1
      UNION ALL SELECT sum(risks)::int FROM risk_tallies UNION ALL SELECT count(*)::int FROM search.risk_documents`),
  );
  if (counts.some(({ count }) => count !== rows)) throw new Error(`${rows} rows became ${JSON.stringify(counts)}`);
}

async function memoryOf({ child, metricsUrl }: Worker): Promise<Omit<Sample, 'done'>> {
  const [{ stdout }, metrics] = await Promise.all([
    promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]),
    fetch(metricsUrl).then((answer) => answer.text()),
  ]);
  const heap = Number(/^nodejs_heap_size_used_bytes(?:{.*})? (\S+)$/m.exec(metrics)?.[1]);
  return { rssMegabytes: Number(stdout) / 1024, heapMegabytes: heap / MEGABYTE };
}

function most(samples: readonly Sample[]): number {
  return Math.max(...samples.map(({ rssMegabytes }) => rssMegabytes));
}

function least(samples: readonly Sample[]): number {
  return Math.min(...samples.map(({ heapMegabytes }) => heapMegabytes));
}
