import { runHistory, type HistoryOptions } from './history';
import { versionsAfterLoss } from './lost-cell';
import type { Mode } from './mode';
import { plantBug } from './plants';
import { describeHistory, isSound } from './report';
import { describeWithRedis } from '../support/redis-server';

jest.setTimeout(180_000);

const SECONDS = 10;

describeWithRedis('Three applications under chaos', () => {
  const run = async (mode: Mode) => {
    const options: HistoryOptions = { seconds: SECONDS, mode, seed: 20 };
    const history = await runHistory(options);
    return { history, sound: isSound(options, history), told: describeHistory(options, history) };
  };

  it('never serve what a write has replaced, once it has returned', async () => {
    const { history, sound, told } = await run('validated');
    process.stdout.write(`${told}\n`);
    if (!sound) throw new Error(told);
    expect(history.killsAtCommit).toBe(true);
  });

  it('are behind a write by no more than the lease, where they lease', async () => {
    const { history, sound, told } = await run('lease');
    process.stdout.write(`${told}\n`);
    if (!sound) throw new Error(told);
    expect(history.abilities.lease).toBe(true);
    expect(history.killsAtCommit).toBe(true);
  });
});

describeWithRedis('A generation cell that is lost after a write', () => {
  it('is made anew, so that nothing from before the write fits it', async () => {
    const { written, read } = await versionsAfterLoss();
    expect(read).toBe(written);
  });

  it('would bring back what was loaded before there was a cell, if it counted as 0', async () => {
    const restore = plantBug('missing-cell-is-zero');
    const { written, read } = await versionsAfterLoss().finally(restore);
    expect(read).toBe(written - 1);
  });
});
