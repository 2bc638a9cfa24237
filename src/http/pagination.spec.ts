import { offsetOf, PageQuery } from './pagination';

const query = (given: Partial<PageQuery>): PageQuery => Object.assign(new PageQuery(), given);

describe('offsetOf', () => {
  it.each([
    [{}, 0],
    [{ page: 1, limit: 50 }, 0],
    [{ page: 3, limit: 50 }, 100],
    [{ page: 101, limit: 100 }, 10_000],
    [{ page: 1, cursor: 'x' }, 0],
  ])('of %j is %d', (given, offset) => {
    expect(offsetOf(query(given))).toBe(offset);
  });

  it.each([
    [{ page: 2, cursor: 'x' }, 'exclusive'],
    [{ page: 102, limit: 100 }, 'max-offset'],
    [{ page: 10_000, limit: 200 }, 'max-offset'],
  ])('refuses %j as %s', (given, code) => {
    expect(() => offsetOf(query(given))).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer: '?page', code })] }),
    );
  });
});
