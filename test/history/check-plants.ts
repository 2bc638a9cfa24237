import { runHistory, type HistoryOptions } from './history';
import { versionsAfterLoss } from './lost-cell';
import { versionsAfterOvertaking, versionsAfterSilence } from './leased-version';
import { plantBug, plants } from './plants';
import { describeHistory } from './report';

/** Chaos is luck: a bug has so many rounds of it, each with choices of its own, and one that catches it is enough. */
const ROUND_SECONDS = 20;

/** Too rare for chaos, or found in minutes only on an idle machine. Each has a test of its own, whose schedule is run here with the bug. */
const DIRECTED: Readonly<Record<string, DirectedTest>> = {
  'unfenced-lease': { test: 'test/history/leased-version.int-spec.ts', schedule: versionsAfterOvertaking },
  'no-lease': { test: 'test/history/leased-version.int-spec.ts', schedule: versionsAfterSilence },
  'missing-cell-is-zero': { test: 'test/history/lost-cell.int-spec.ts', schedule: versionsAfterLoss },
};

interface DirectedTest {
  readonly test: string;
  readonly schedule: () => Promise<{ written: number; read: number }>;
}

type Say = (text: string) => void;

/**
 * Runs the history with each bug in the engine, until it is caught or `seconds` of chaos have passed.
 * @returns whether every one was caught
 */
export async function checkPlants(options: HistoryOptions, say: Say): Promise<boolean> {
  const verdicts: string[] = [];
  const missed: string[] = [];
  for (const { name, mode } of plants) {
    const directed = DIRECTED[name];
    const how = directed
      ? await caughtByTest(name, directed, say)
      : await caughtByHistory({ ...options, mode, plant: name, killAtCommit: true }, say);
    if (how === undefined) missed.push(name);
    verdicts.push(`  ${name.padEnd(22)} ${how ?? 'NOT CAUGHT'}`);
  }
  say([`Planted bugs, and what caught them:`, ...verdicts].join('\n'));
  say(missed.length === 0 ? `All ${plants.length} bugs were caught` : `Not caught: ${missed.join(', ')}`);
  return missed.length === 0;
}

async function caughtByHistory(options: HistoryOptions, say: Say): Promise<string | undefined> {
  for (let spent = 0, round = 0; spent < options.seconds; spent += ROUND_SECONDS, round++) {
    const seconds = Math.min(ROUND_SECONDS, options.seconds - spent);
    const planted = { ...options, seconds, seed: options.seed + round };
    const history = await runHistory(planted);
    say(describeHistory(planted, history));
    const stale = history.violations.filter((violation) => violation.includes('stale')).length;
    if (stale > 0) return `the history, after ${spent + seconds} s: ${stale} stale reads (seed ${planted.seed})`;
  }
  return undefined;
}

async function caughtByTest(plant: string, { test, schedule }: DirectedTest, say: Say): Promise<string | undefined> {
  const healthy = await schedule();
  const restore = plantBug(plant);
  const { written, read } = await schedule().finally(restore);
  say(`${test}, planted ${plant}: version ${read} was read after ${written} was written; without it ${healthy.read}`);
  return healthy.read === healthy.written && read < written ? test : undefined;
}
