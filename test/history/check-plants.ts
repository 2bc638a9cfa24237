import { runHistory, type HistoryOptions } from './history';
import { versionsAfterLoss } from './lost-cell';
import { plantBug, plants } from './plants';
import { describeHistory } from './report';

/** Too rare for chaos: it has a test of its own. */
const DIRECTED = 'missing-cell-is-zero';

/** Runs the history with each bug in the engine. @returns whether every one was caught */
export async function checkPlants(options: HistoryOptions, say: (text: string) => void): Promise<boolean> {
  const missed: string[] = [];
  for (const { name, mode } of plants) {
    const planted = { ...options, mode, plant: name, killAtCommit: true };
    const stale = name === DIRECTED ? await staleAfterLoss(name, say) : await staleInHistory(planted, say);
    say(stale > 0 ? `  caught: ${stale} stale reads` : '  NOT CAUGHT');
    if (stale === 0) missed.push(name);
  }
  say(missed.length === 0 ? `All ${plants.length} bugs were caught` : `Not caught: ${missed.join(', ')}`);
  return missed.length === 0;
}

async function staleInHistory(options: HistoryOptions, say: (text: string) => void): Promise<number> {
  const history = await runHistory(options);
  say(describeHistory(options, history));
  return history.violations.filter((violation) => violation.includes('stale')).length;
}

async function staleAfterLoss(plant: string, say: (text: string) => void): Promise<number> {
  const healthy = await versionsAfterLoss();
  const restore = plantBug(plant);
  const { written, read } = await versionsAfterLoss().finally(restore);
  say(`directed, planted ${plant}: version ${read} was read after ${written} was written; without it ${healthy.read}`);
  return healthy.read === healthy.written && read < written ? 1 : 0;
}
