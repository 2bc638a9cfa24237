import { LocalWindows } from './local-windows';

describe('windows in this process', () => {
  let now: number;
  let windows: LocalWindows;
  beforeEach(() => {
    now = 1000;
    windows = new LocalWindows({ quota: 3, windowSeconds: 60 }, () => now, 10);
  });

  const hits = (times: number): number[] => Array.from({ length: times }, () => windows.hit('a').count);

  it('count up to the quota, and say once that it is exceeded', () => {
    expect(hits(3)).toEqual([1, 2, 3]);
    now += 20_000;
    expect(windows.hit('a')).toEqual({ count: 4, msLeft: 40_000, startsBlock: true });
    expect(windows.hit('a')).toEqual({ count: 4, msLeft: 40_000, startsBlock: false });
    expect(windows.hit('b')).toMatchObject({ count: 1 });
  });

  it('end when they said they would', () => {
    hits(5);
    now += 59_999;
    expect(windows.hit('a')).toMatchObject({ count: 4, msLeft: 1 });
    now += 1;
    expect(windows.hit('a')).toEqual({ count: 1, msLeft: 60_000, startsBlock: false });
  });

  it('go on from what all instances together have counted', () => {
    hits(1);
    const taken = windows.take('a');
    hits(1);
    taken?.confirm({ count: 2, msLeft: 30_000 });
    expect(taken?.points).toBe(1);
    expect(windows.hit('a')).toEqual({ count: 4, msLeft: 30_000, startsBlock: true });
  });

  it('tell Redis everything once, also after an attempt that failed, and nothing that was refused', () => {
    hits(1);
    const lost = windows.take('a');
    hits(5);
    expect(windows.take('a')).toBeUndefined();
    lost?.giveBack();
    expect(windows.take('a')?.points).toBe(3);
    expect(windows.take('b')).toBeUndefined();
  });

  it('take nothing from one window into the next', () => {
    hits(2);
    const late = windows.take('a');
    hits(1);
    now += 60_000;
    expect(windows.take('a')).toBeUndefined();
    hits(1);
    late?.confirm({ count: 3, msLeft: 5 });
    expect(windows.hit('a')).toMatchObject({ count: 2, msLeft: 60_000 });
  });

  it('are bounded in number: the key that has been quiet for longest starts anew', () => {
    hits(3);
    for (let other = 0; other < 10; other++) windows.hit(`other-${other}`);
    expect(windows.hit('a')).toMatchObject({ count: 1 });
    expect(windows.hit('other-9')).toMatchObject({ count: 2 });
  });

  it('add and take back, never below zero', () => {
    expect(windows.add('a', 2)).toEqual({ count: 2, msLeft: 60_000 });
    expect(windows.add('a', -5)).toMatchObject({ count: 0 });
    windows.set('a', { count: 7, msLeft: 10 });
    expect(windows.add('a', 1)).toEqual({ count: 8, msLeft: 10 });
    windows.delete('a');
    expect(windows.add('a', 1)).toEqual({ count: 1, msLeft: 60_000 });
  });
});
