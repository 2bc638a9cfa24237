import { Loads } from './loads';

describe('Loads', () => {
  const ignore = (): void => undefined;

  /** A load that ends when told to. */
  const held = () => {
    let end: (value: string) => void = ignore;
    const load = jest.fn(() => new Promise<string>((resolve) => (end = resolve)));
    return { load, end: (value: string) => end(value) };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('runs one load for all who ask the same at once, and counts who joined', async () => {
    const loads = new Loads<string>(4);
    const { load, end } = held();
    const onJoin = jest.fn();
    const answers = Array.from({ length: 500 }, () => loads.share('key', load, onJoin));
    await settled();
    end('value');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['value']));
    expect(load).toHaveBeenCalledTimes(1);
    expect(onJoin).toHaveBeenCalledTimes(499);
  });

  it.each(['share', 'shareNext'] as const)(
    'passes an exception to all who share it, and forgets it (%s)',
    async (way) => {
      const loads = new Loads<string>(1);
      const failure = new RangeError('no');
      const failing = (): Promise<string> => Promise.reject(failure);
      const outcomes = await Promise.allSettled([
        loads[way]('key', failing, ignore),
        loads[way]('key', failing, ignore),
      ]);
      for (const outcome of outcomes) expect(outcome).toEqual({ status: 'rejected', reason: failure });
      expect(await loads[way]('key', () => Promise.resolve('fine'), ignore)).toBe('fine');
    },
  );

  it.each(['share', 'shareNext'] as const)('runs no more at once than it may (%s)', async (way) => {
    const loads = new Loads<number>(3);
    let running = 0;
    let most = 0;
    const load = async (): Promise<number> => {
      most = Math.max(most, ++running);
      await settled();
      return running--;
    };
    await Promise.all(Array.from({ length: 50 }, (_, number) => loads[way](`key ${number}`, load, ignore)));
    expect(most).toBe(3);
  });

  it('joins only what has not begun when nothing tells what a load has seen', async () => {
    const loads = new Loads<string>(4);
    const first = held();
    const second = held();
    const early = loads.shareNext('key', first.load, ignore);
    await settled();
    const late = [loads.shareNext('key', second.load, ignore), loads.shareNext('key', second.load, ignore)];
    await settled();
    expect(second.load).not.toHaveBeenCalled();
    first.end('old');
    expect(await early).toBe('old');
    await settled();
    second.end('new');
    expect(await Promise.all(late)).toEqual(['new', 'new']);
    expect(second.load).toHaveBeenCalledTimes(1);
  });

  it.each(['share', 'shareNext'] as const)('does not wait for itself: nested loads take no place (%s)', async (way) => {
    const loads = new Loads<string>(1);
    const nested = (): Promise<string> => loads[way]('inner', () => Promise.resolve('value'), ignore);
    expect(await loads[way]('outer', nested, ignore)).toBe('value');
  });

  it.each(['share', 'shareNext'] as const)('runs a load that asks for its own key again (%s)', async (way) => {
    const loads = new Loads<string>(1);
    let depth = 0;
    const recursive = (): Promise<string> =>
      ++depth === 3 ? Promise.resolve('bottom') : loads[way]('key', recursive, ignore);
    expect(await loads[way]('key', recursive, ignore)).toBe('bottom');
  });

  it('lets no load that has a place wait for one that has none', async () => {
    const loads = new Loads<string>(1);
    const outer = held();
    const scores = loads.share(
      'score',
      async () => {
        await outer.load();
        return loads.share('risk', () => Promise.resolve('risk, inside'), ignore);
      },
      ignore,
    );
    await settled();
    const queued = loads.share('risk', () => Promise.resolve('risk, by itself'), ignore);
    await settled();
    outer.end('');
    expect(await Promise.all([scores, queued])).toEqual(['risk, inside', 'risk, by itself']);
  });

  it('lets no two loads wait for each other', async () => {
    const loads = new Loads<string>(4);
    const [one, two] = [held(), held()];
    const asking = (own: ReturnType<typeof held>, other: string) => async (): Promise<string> => {
      await own.load();
      return loads.share(other, () => Promise.resolve(`${other}, inside`), ignore);
    };
    const answers = Promise.all([
      loads.share('one', asking(one, 'two'), ignore),
      loads.share('two', asking(two, 'one'), ignore),
    ]);
    await settled();
    one.end('');
    await settled();
    two.end('');
    expect(await answers).toEqual(['one, inside', 'one, inside']);
  });
});
