import { parseArgs } from 'node:util';
import { runAsProgram } from '../setup/program';
import globalSetup from '../setup/global-setup';
import { checkPlants } from './check-plants';
import { runHistory, type HistoryOptions } from './history';
import { describeHistory, isSound } from './report';

const HELP = `npm run check:history -- [--seconds N] [--mode validated|lease] [--topology single|cluster] [--seed S] [--plant NAME] [--plants]
  --seconds N          how long the chaos lasts (60; for each bug, at most 300)
  --mode               what the caches promise (validated)
  --topology           what Redis is: single, or a cluster, where everything is validated (single)
  --seed S             the same choices again; their timing is the machine's
  --plant NAME         with this bug in the engine
  --plants             with each bug, one after the other, until it is caught: each must be
  --kill-at-commit     also when the engine has no two-phase evictions, to see it fail
`;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      seconds: { type: 'string' },
      mode: { type: 'string', default: 'validated' },
      topology: { type: 'string', default: 'single' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      plant: { type: 'string' },
      plants: { type: 'boolean', default: false },
      'kill-at-commit': { type: 'boolean' },
    },
  });
  const { mode, topology, plant } = values;
  const [seconds, seed] = [Number(values.seconds ?? (values.plants ? 300 : 60)), Number(values.seed)];
  const isMode = mode === 'validated' || (mode === 'lease' && topology === 'single');
  const isTopology = topology === 'single' || topology === 'cluster';
  if (values.help || !isMode || !isTopology || !(seconds > 0) || !Number.isInteger(seed)) {
    process.stdout.write(HELP);
    return values.help ?? false;
  }
  await globalSetup();
  const options: HistoryOptions = {
    seconds,
    mode,
    seed,
    topology,
    ...(plant !== undefined && { plant }),
    ...(values['kill-at-commit'] && { killAtCommit: true }),
  };
  if (values.plants) return await checkPlants(options, say);
  const history = await runHistory(options);
  say(describeHistory(options, history));
  return isSound(options, history);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
