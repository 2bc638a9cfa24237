import fc from 'fast-check';
import { nameProblem, textProblem } from './text-safety';

describe('text', () => {
  it('may be anything that is well-formed and holds no NUL', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
    fc.assert(fc.property(text, (value) => textProblem(value) === undefined));
  });

  it.each(['\0', 'a\0', '\ud800', 'a\udfffb', '\udc00\ud800', '\ud800\ud83d\ude00'])('must not be %j', (value) => {
    expect(textProblem(value)).toMatch(/^must /);
  });
});

describe('a name', () => {
  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    'a\0',
  ])('must not be %j', (name) => {
    expect(nameProblem(name)).toBeDefined();
  });

  it.each(['title', 'proto', 'Constructor', 'to_string', ''])('may be %j', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });
});
