import { stat } from 'node:fs';
import { DeadlineExceeded, withinDeadline } from './deadline';

describe('withinDeadline', () => {
  it('gives up on what never answers', async () => {
    await expect(withinDeadline(new Promise(() => undefined), 5)).rejects.toThrow(DeadlineExceeded);
  });

  it('passes on what came in time, good or bad', async () => {
    expect(await withinDeadline(Promise.resolve(1), 5)).toBe(1);
    await expect(withinDeadline(Promise.reject(new RangeError()), 5)).rejects.toThrow(RangeError);
  });

  it('counts as in time what had arrived while this process was busy', async () => {
    // The next turn of the event loop looks at its timers first, and only then at what has arrived.
    await new Promise((resolve) => setImmediate(resolve));
    const arrived = new Promise((resolve) => {
      stat(__filename, () => {
        resolve('answer');
      });
    });
    const answer = withinDeadline(arrived, 5);
    const busyUntil = performance.now() + 20;
    while (performance.now() < busyUntil);
    expect(await answer).toBe('answer');
  });
});
