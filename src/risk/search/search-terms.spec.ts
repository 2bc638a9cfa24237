import { containing, prefixQuery } from './search-terms';

describe('a full text query', () => {
  it.each([
    ['fire', `'fire':*`],
    ['  fire   server ', `'fire':* & 'server':*`],
    ["it's", `'it''s':*`],
    ['a\\b', `'a\\\\b':*`],
    ['a|b & !c', `'a|b':* & '&':* & '!c':*`],
    [' ', ''],
  ])('of %j is %s', (q, query) => {
    expect(prefixQuery(q)).toBe(query);
  });

  it('can be kept to parts of the text', () => {
    expect(prefixQuery('fire', 'AB')).toBe(`'fire':*AB`);
  });
});

describe('a LIKE pattern', () => {
  it.each([
    ['fire', '%fire%'],
    ['100%_\\', '%100\\%\\_\\\\%'],
  ])('for %j is %s', (q, pattern) => {
    expect(containing(q)).toBe(pattern);
  });
});
