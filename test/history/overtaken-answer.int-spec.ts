import { Logger } from '@nestjs/common';
import { describeWithRedis } from '../support/redis-server';
import { versionsAfterOvertaking } from './overtaken-answer';
import { plantBug } from './plants';

describeWithRedis('A value whose comparison is overtaken by the news of its next change', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('is not served under a lease', async () => {
    const { written, read } = await versionsAfterOvertaking();
    expect(read).toBe(written);
  });

  it('would be, if the order were that in which answers arrive', async () => {
    const restore = plantBug('unfenced-lease');
    const { written, read } = await versionsAfterOvertaking().finally(restore);
    expect(read).toBe(written - 1);
  });
});
