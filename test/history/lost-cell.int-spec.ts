import { versionsAfterLoss } from './lost-cell';
import { plantBug } from './plants';
import { describeWithRedis } from '../support/redis-server';

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
