import { retryAfterSeconds } from './retry-after';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');

  it.each([
    ['0', 0],
    ['120', 120],
    ['9999999999', 86_400],
    ['Sat, 21 Nov 2026 12:01:30 GMT', 90],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 21 Nov 2099 12:00:00 GMT', 86_400],
    ['-1', undefined],
    ['1.5', undefined],
    ['Sat, 99 Nov 2026 12:00:00 GMT', undefined],
    ['2026-11-21', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});
