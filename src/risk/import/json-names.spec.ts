import { repeatedName } from './json-names';

describe('the name that an object gives twice', () => {
  it.each<[string, string | undefined]>([
    ['{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": "b"}]}', undefined],
    ['["a", "a", {}, "a:", "a"]', undefined],
    ['{"a": "\\"b\\":", "b": "}{", "}": "a"}', undefined],
    ['{"__proto__": 1, "constructor": 2}', undefined],
    ['1', undefined],
    ['{"a": 1, "a": 1}', 'a'],
    ['[{"a": [{"b": {}}], "b": 1,\n"a"\n\t: 1}]', 'a'],
    ['{"title": 1, "t\\u0069tle": 2}', 'title'],
    ['{"__proto__": 1, "__proto__": 2}', '__proto__'],
    ['{"": 1, "": 2}', ''],
    ['{"\\"": 1, "\\u0022": 2}', '"'],
  ])('of %s is %s', (text, name) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(repeatedName(text)?.name).toBe(name);
  });

  it('is found at the place of the second', () => {
    expect(repeatedName('{"a":1,"a":2}')).toEqual({ name: 'a', at: 9 });
  });
});
