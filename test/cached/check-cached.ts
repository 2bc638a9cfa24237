import { parseArgs } from 'node:util';
import { cleanUpOnSignals } from '../setup/cleanup';
import { preparePostgres } from '../setup/postgres';
import { runAsProgram } from '../setup/program';
import { prepareRedis } from '../setup/redis';
import { compare } from './comparison';
import { tallyProblems, toldOf } from './told';

const HELP = `npm run check:cached -- [--steps N] [--seed N] [--store redis|memory]
  Writes at random through every operation and job, and after each write compares what caches answer with what is
  answered without any.
  --steps N   writes (5000)
  --seed N    the same again
  --store     two instances on one Redis (default), or one with its memory
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      steps: { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
      store: { type: 'string', default: 'redis' },
    },
  });
  const [steps, seed] = [Number(values.steps), Number(values.seed)];
  const { store } = values;
  if (values.help || !Number.isInteger(steps) || steps < 1 || (store !== 'redis' && store !== 'memory')) {
    say(HELP);
    return;
  }
  cleanUpOnSignals();
  await preparePostgres();
  if (store === 'redis') await prepareRedis();
  const tally = await compare(steps, seed, store, say);
  say(`${store}, seed ${seed}: ${toldOf(tally)}`);
  const problems = tallyProblems(tally);
  for (const problem of problems) say(problem);
  if (problems.length > 0) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
