import { setImmediate as later } from 'node:timers/promises';
import { AsyncValue } from './async-value';

const name = new AsyncValue<string>();
const count = new AsyncValue<number>();

describe('an asynchronous value', () => {
  it('is seen by all that the work does, and by nobody else', async () => {
    const inside = name.run('a', async () => {
      await later();
      return name.get();
    });
    expect(name.get()).toBeUndefined();
    expect(await inside).toBe('a');
    expect(name.get()).toBeUndefined();
  });

  it('leaves the others as they are', async () => {
    const seen = name.run('a', () =>
      count.run(0, async () => {
        const inner = name.run('b', async () => {
          await later();
          return [name.get(), count.get()];
        });
        return [...(await inner), name.get(), count.get()];
      }),
    );
    expect(await seen).toEqual(['b', 0, 'a', 0]);
  });

  it('may be undefined inside of where it is not', () => {
    const maybe = new AsyncValue<string | undefined>();
    expect(maybe.run('a', () => maybe.run(undefined, () => maybe.get()))).toBeUndefined();
  });
});
