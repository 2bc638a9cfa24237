import { containing, prefixQuery } from './search-terms';

describe('a full text query', () => {
  it.each([
    ['fire', `'fire':*`],
    ['  fire   server ', `'fire':* & 'server':*`],
    ["it's", `'it''s':*`],
    ['a\\b', `'a\\\\b':*`],
    ['a|b & !c', `'a|b':* & '&':* & '!c':*`],
    [' ', ''],
    ['caf\u00e9 x', `('caf\u00e9':* | 'cafe\u0301':*) & 'x':*`],
    ['cafe\u0301', `('cafe\u0301':* | 'caf\u00e9':*)`],
  ])('of %j is %s', (q, query) => {
    expect(prefixQuery(q)).toBe(query);
  });

  it('can be kept to parts of the text', () => {
    expect(prefixQuery('fire', 'AB')).toBe(`'fire':*AB`);
  });
});

describe('a LIKE pattern', () => {
  it.each([
    ['fire', ['%fire%']],
    ['100%_\\', ['%100\\%\\_\\\\%']],
    [' \u00e9 ', ['%\u00e9%', '%e\u0301%']],
  ])('for %j is %s', (q, patterns) => {
    expect(containing(q)).toEqual(patterns);
  });
});
