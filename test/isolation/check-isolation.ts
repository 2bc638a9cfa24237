import { parseArgs } from 'node:util';
import { runAsProgram } from '../setup/program';
import globalSetup from '../setup/global-setup';
import { Isolation } from './isolation';
import { phases, planted } from './phases';
import type { Tally } from './tally';

const HELP = `npm run check:isolation -- [--probes N] [--seed S]
  Clients of two tenants ask two tenants' worth of everything at once; nobody may be told anything of the other:
  in bodies, headers, log lines or metrics. Then again with one layer switched off, and last with both, where the
  same probes must find leaks.
  --probes N   in all (100000)
  --seed S     the same choices again; their timing is the machine's
`;
const PLANTED_PROBES = 600;
const FEWEST_FOUND = 50;
const MOST_SHOWN = 12;
/** Fewer do not get round to everything. */
const THOROUGH = 10_000;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      probes: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const [probes, seed] = [Number(values.probes), Number(values.seed)];
  if (values.help || !Number.isInteger(probes) || probes < 1 || !Number.isInteger(seed)) {
    say(HELP);
    return values.help ?? false;
  }
  await globalSetup();
  const isolation = await Isolation.open(seed);
  try {
    const tallies: Tally[] = [];
    let isSound = true;
    for (const phase of phases) {
      const began = performance.now();
      const tally = await isolation.run(phase, Math.ceil(probes * phase.share));
      say(`${phase.name}: ${tally.leaks.length} leaks, ${Math.round((performance.now() - began) / 1000)} s`);
      say(tally.describe());
      const lost = phase.filter || tally.statements > tally.probes / 10 ? [] : ['hardly a statement lost its tenant'];
      isSound = complain(tally, [...tally.idle(), ...lost]) && isSound;
      tallies.push(tally);
    }
    const unanswered = probes < THOROUGH ? [] : isolation.unanswered(tallies);
    if (unanswered.length > 0) say(`never answered: ${unanswered.join(', ')}`);
    const found = await isolation.run(planted, PLANTED_PROBES, false);
    const isBlind = found.leaks.length < FEWEST_FOUND;
    say(`${planted.name}: ${found.leaks.length} leaks found by ${found.probes} probes${isBlind ? ', too few' : ''}`);
    const total = tallies.reduce((sum, tally) => sum + tally.probes, 0);
    const leaks = tallies.reduce((sum, tally) => sum + tally.leaks.length, 0);
    say(`${total} probes, ${leaks} leaks (seed ${seed})`);
    return isSound && unanswered.length === 0 && !isBlind;
  } finally {
    await isolation.close();
  }
}

function complain({ leaks, failures }: Tally, idle: readonly string[]): boolean {
  const lines = [
    ...leaks.slice(0, MOST_SHOWN).map((leak) => `LEAK ${leak}`),
    ...failures.slice(0, MOST_SHOWN).map((failure) => `FAILED ${failure}`),
    ...idle.map((complaint) => `IDLE ${complaint}`),
  ];
  for (const line of lines) say(`  ${line}`);
  return lines.length === 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
