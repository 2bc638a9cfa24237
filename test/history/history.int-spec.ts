import { runHistory, type History, type HistoryOptions } from './history';
import type { Mode } from './mode';
import { describeHistory, isSound } from './report';
import { describeWithRedis } from '../support/redis-server';

jest.setTimeout(300_000);

const SECONDS = 10;
const LONGEST_SECONDS = 40;

describeWithRedis('Three applications under chaos', () => {
  it('never serve what a write has replaced, once it has returned', async () => {
    const history = await soundHistory('validated');
    expect(history.killsAtCommit).toBe(true);
  });

  it('are behind a write by no more than the lease, where they lease', async () => {
    const history = await soundHistory('lease');
    expect(history.abilities.lease).toBe(true);
    expect(history.killsAtCommit).toBe(true);
  });
});

/** What is too little for a proof, on a machine that had something else to do, is run again and longer. */
async function soundHistory(mode: Mode, seconds = SECONDS): Promise<History> {
  const options: HistoryOptions = { seconds, mode, seed: 20 };
  const history = await runHistory(options);
  if (isSound(options, history)) return history;
  const told = describeHistory(options, history);
  if (history.violations.length > 0 || seconds >= LONGEST_SECONDS) throw new Error(told);
  process.stdout.write(`${told}\nagain, for longer\n`);
  return soundHistory(mode, 2 * seconds);
}
