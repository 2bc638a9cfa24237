import { runHistory, type HistoryOptions } from './history';
import { plantNames } from './plants';
import { describeHistory } from './report';

/** Runs the history with each bug in the engine. @returns whether every one was caught */
export async function checkPlants(options: HistoryOptions, say: (text: string) => void): Promise<boolean> {
  const missed: string[] = [];
  for (const plant of plantNames) {
    const history = await runHistory({ ...options, plant });
    const stale = history.violations.filter((violation) => violation.includes('stale'));
    say(describeHistory({ ...options, plant }, history));
    say(stale.length > 0 ? `  caught: ${stale.length} stale reads` : '  NOT CAUGHT');
    if (stale.length === 0) missed.push(plant);
  }
  say(missed.length === 0 ? `All ${plantNames.length} bugs were caught` : `Not caught: ${missed.join(', ')}`);
  return missed.length === 0;
}
