import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readImport } from '../../../src/risk/import/read-import';
import { openReading } from '../../../src/risk/import/reading/open-reading';
import { atTheEnd, cleanUp, cleanUpOnSignals } from '../../setup/cleanup';
import { preparePostgres } from '../../setup/postgres';
import { createTestApp, type TestApp } from '../../support/test-app';
import { importElsewhere } from './import-elsewhere';

const HELP = `npm run bench:import -- [--max N] [--rounds N] [--process]
  What an import of a CSV costs the process that serves it, as the file grows to N rows (100000): how long its one thread
  was not there for others, and its heap. In turns: read on that thread, read in a thread of its own (neither stores
  anything), and imported by a background job. Each figure is the worst of all rounds (1).
  --process  instead: N rows imported by a process of its own, also with little memory and killed in the middle, and its
             memory in the first and in the last quarter of the rows
`;
const SIZES = [1_000, 10_000, 100_000];
const SAMPLE_MS = 20;
const POLL_MS = 500;
const MEGABYTE = 1_048_576;

interface Cost {
  readonly seconds: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly heapMegabytes: number;
  readonly rssMegabytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      max: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '1' },
      process: { type: 'boolean', default: false },
    },
  });
  const [max, rounds] = [Number(values.max), Number(values.rounds)];
  if (values.help || ![max, rounds].every((number) => Number.isInteger(number) && number > 0)) {
    say(HELP);
    return;
  }
  cleanUpOnSignals();
  await preparePostgres();
  await (values.process ? compareProcesses(max) : compareWays(max, rounds));
}

async function compareProcesses(rows: number): Promise<void> {
  say(
    '| rows | heap limit | killed | s | memory at most, first | last | heap at least, first | last | progress seen |',
  );
  say('| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [heapMegabytes, killed] of [
    [4096, false],
    [192, true],
  ] as const) {
    const app = await createTestApp({ env: { CACHE_STORE: 'none', JOBS_ENABLED: 'false' } });
    try {
      const cost = await importElsewhere(app, csvOf(rows, 0), { heapMegabytes, killed });
      const memory = [...cost.rssMegabytes, ...cost.heapMegabytes].map((megabytes) => `${megabytes.toFixed(0)} MiB`);
      const how = [rows.toLocaleString('en'), `${heapMegabytes} MiB`, killed ? 'in the middle' : 'no'];
      say(`| ${[...how, cost.seconds.toFixed(0), ...memory, `${cost.progress} times`].join(' | ')} |`);
    } finally {
      await app.close();
    }
  }
}

async function compareWays(max: number, rounds: number): Promise<void> {
  const app = await createTestApp({ env: { CACHE_STORE: 'none', JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '100' } });
  atTheEnd(() => app.close());
  say('| rows | MiB | how | s | event loop late by, p99 | at most | heap at most | memory at most |');
  say('| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const rows of [...new Set([...SIZES.filter((size) => size < max), max])]) {
    const costs = new Map<string, Cost[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [how, work] of Object.entries(waysOf(app, csvOf(rows, round)))) {
        costs.set(how, [...(costs.get(how) ?? []), await costOf(work)]);
      }
    }
    for (const [how, all] of costs) say(lineOf(rows, csvOf(rows, 0).length, how, all));
  }
}

function waysOf(app: TestApp, file: Buffer): Record<string, () => Promise<unknown>> {
  return {
    'read on the one thread': () => readImport(file),
    'read in a thread of its own': async () => {
      const { reading } = await openReading(file, {}, undefined);
      for await (const batch of reading.batches()) if (batch.length === 0) throw new Error('An empty batch');
      await reading.close();
    },
    'imported in the background': async () => {
      const client = app.as('admin');
      const csv = { 'content-type': 'text/csv' };
      let { body: job } = await client.post('/api/v1/risks/import-jobs', file, csv);
      while (['QUEUED', 'RUNNING'].includes(job.status)) {
        await setTimeout(POLL_MS);
        ({ body: job } = await client.get(`/api/v1/jobs/${job.id}`));
      }
      if (job.status !== 'SUCCEEDED') throw new Error(JSON.stringify(job));
    },
  };
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const used = { heap: 0, rss: 0 };
  const sample = (): void => {
    const { heapUsed, rss } = process.memoryUsage();
    used.heap = Math.max(used.heap, heapUsed);
    used.rss = Math.max(used.rss, rss);
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  delay.enable();
  await setTimeout(SAMPLE_MS);
  const startedAt = performance.now();
  try {
    await work();
  } finally {
    // What was held up meanwhile is told by the next turn.
    await setTimeout(SAMPLE_MS);
    delay.disable();
    clearInterval(sampling);
    sample();
  }
  return {
    seconds: (performance.now() - startedAt) / 1000,
    ...{ delayP99Ms: delay.percentile(99) / 1e6, delayMaxMs: delay.max / 1e6 },
    ...{ heapMegabytes: used.heap / MEGABYTE, rssMegabytes: used.rss / MEGABYTE },
  };
}

function lineOf(rows: number, bytes: number, how: string, costs: readonly Cost[]): string {
  const worst = (figure: keyof Cost): number => Math.max(...costs.map((cost) => cost[figure]));
  const cells = [
    ...[rows.toLocaleString('en'), (bytes / MEGABYTE).toFixed(1), how, worst('seconds').toFixed(1)],
    ...[`${worst('delayP99Ms').toFixed(0)} ms`, `${worst('delayMaxMs').toFixed(0)} ms`],
    ...[`${worst('heapMegabytes').toFixed(0)} MiB`, `${worst('rssMegabytes').toFixed(0)} MiB`],
  ];
  return `| ${cells.join(' | ')} |`;
}

/** New risks in each round. */
function csvOf(rows: number, round: number): Buffer {
  const description = 'What happened, to whom, and what it has cost so far. '.repeat(3);
  const lines = Array.from(
    { length: rows },
    (_, index) => `Risk ${index},3,4,${rows}-${round}-${index},a;b,"${description}"\n`,
  );
  return Buffer.from(`title,probability,impact,externalId,tags,description\n${lines.join('')}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => cleanUp());
