import { Logger } from '@nestjs/common';
import { describeWithRedis } from '../support/redis-server';
import { versionsAfterOvertaking, versionsAfterSilence } from './leased-version';
import { plantBug } from './plants';

describeWithRedis('A leased value that changes', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it.each([
    ['when the news of it overtakes the answer that it is current', 'unfenced-lease', versionsAfterOvertaking],
    ['when nothing is heard any more', 'no-lease', versionsAfterSilence],
  ])('is not served %s; with the bug %s it would be', async (_when, bug, versions) => {
    const { written, read } = await versions();
    expect(read).toBe(written);
    const restore = plantBug(bug);
    expect((await versions().finally(restore)).read).toBe(written - 1);
  });
});
