import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atTheEnd, cleanUpOnSignals } from '../../setup/cleanup';
import { runAsProgram } from '../../setup/program';
import { prepareRedis } from '../../setup/redis';
import { startRedis } from '../../support/redis-server';
import type { BenchOptions, Row } from './cases/case';
import { coldKey } from './cases/cold-key';
import { evictions } from './cases/evictions';
import { hits } from './cases/hits';
import { misses } from './cases/misses';
import { describeChecks, jsonOf, tableOf } from './report';

const CASES = { hits, misses, coldKey, evictions };

const HELP = `npm run bench:cache -- [--rounds N] [--only CASE] [--out FILE] [--quick]
  The cache beside bentocache, cacheable and @nestjs/cache-manager, over the same stores, in turns.
  --rounds N   of each measurement; the table has their medians, and the least and the most (7)
  --only CASE  one of ${Object.keys(CASES).join(', ')}
  --out FILE   all samples (.openrisk/bench-cache.json)
  --quick      seconds instead of minutes, to see that it runs: the figures mean nothing
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string', default: '.openrisk/bench-cache.json' },
      quick: { type: 'boolean', default: false },
    },
  });
  const options: BenchOptions = { rounds: Number(values.rounds ?? (values.quick ? 1 : 7)), quick: values.quick };
  const unknown = values.only !== undefined && !Object.hasOwn(CASES, values.only);
  if (values.help || unknown || !Number.isInteger(options.rounds) || options.rounds < 1) {
    say(HELP);
    return;
  }

  cleanUpOnSignals();
  await prepareRedis();
  const redis = await startRedis();
  atTheEnd(() => redis.stop());
  // Nobody waits for a disk.
  await redis.command('CONFIG', 'SET', 'appendonly', 'no');
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(CASES)) {
    if (values.only !== undefined && values.only !== name) continue;
    const measured = await measure(redis, options, say);
    say(`${tableOf(measured)}\n`);
    rows.push(...measured);
  }
  say(`${describeChecks()}\n`);
  say('All together, medians (least - most):');
  say(tableOf(rows));
  mkdirSync(dirname(resolve(values.out)), { recursive: true });
  writeFileSync(values.out, jsonOf(rows, options));
  say(`all samples: ${values.out}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
