import { ValidQueries } from './valid-queries';

class Filter {
  texts = ['a'];
}
const other = { Filter: class extends Filter {} }.Filter;

describe('queries found valid', () => {
  it('are told apart by their class, names and values', () => {
    const queries = new ValidQueries();
    const filter = new Filter();
    queries.remember(Filter, { texts: 'a,b' }, filter);
    expect(queries.get(Filter, { texts: 'a,b' })).toBe(filter);
    for (const query of [{}, { texts: 'a' }, { texts: ['a', 'b'] }, { texts: ['a,b'] }, { text: 'a,b' }]) {
      expect(queries.get(Filter, query)).toBeUndefined();
    }
    expect(queries.get(other, { texts: 'a,b' })).toBeUndefined();
  });

  it('cannot be changed by who was given one', () => {
    const filter = new Filter();
    new ValidQueries().remember(Filter, {}, filter);
    expect(() => filter.texts.push('b')).toThrow(TypeError);
    expect(() => (filter.texts = [])).toThrow(TypeError);
  });

  it('are forgotten when they are many, and not kept when they are long', () => {
    const queries = new ValidQueries();
    queries.remember(Filter, { texts: 'a'.repeat(300) }, new Filter());
    expect(queries.get(Filter, { texts: 'a'.repeat(300) })).toBeUndefined();
    for (let count = 0; count <= 2_000; count++) queries.remember(Filter, { count }, new Filter());
    expect(queries.get(Filter, { count: 0 })).toBeUndefined();
    expect(queries.get(Filter, { count: 1 })).toBeDefined();
  });
});
