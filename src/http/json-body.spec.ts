import fc from 'fast-check';
import { UnprocessableBody } from '../errors/http.errors';
import { parseJsonBody } from './json-body';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

function refusal(text: string): { pointer: string; code: string } | undefined {
  try {
    parseJsonBody(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnprocessableBody)) throw error;
    const [problem] = error.errors ?? [];
    return problem && { pointer: problem.pointer, code: problem.code };
  }
}

describe('parseJsonBody', () => {
  it('gives back what JSON.parse gives, for whatever a client may mean', () => {
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !(text in Object.prototype) && text !== 'prototype');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        fc.array(tie('value')),
        fc.dictionary(
          name.filter((text) => !text.includes('\0')),
          tie('value'),
        ),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (body, indent) => {
        const text = JSON.stringify(body, null, indent);
        expect(parseJsonBody(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['{"a":{"b/c~d":["\\u0000"]}}', '/a/b~1c~0d/0', 'unsafe-text'],
    ['["\\ud800"]', '/0', 'unsafe-text'],
    ['{"\\udc00":1}', '/', 'unsafe-name'],
    ['{"a":{"__proto__":1}}', '/a/', 'unsafe-name'],
    ['{"a":[{"constructor":1}]}', '/a/0/', 'unsafe-name'],
    ['{"valueOf":1}', '/', 'unsafe-name'],
    ['{"a":1e999}', '/a', 'number-range'],
    ['{"a":-1e999}', '/a', 'number-range'],
    ['{"a":9007199254740992}', '/a', 'number-range'],
    ['{"a":1,"b":2,"a":3}', '', 'duplicate-name'],
    ['[{"a":{"b":1,"b":1}}]', '', 'duplicate-name'],
    ['{"a":":","a":"\\":"}', '', 'duplicate-name'],
  ])('refuses %s at "%s" as %s', (text, pointer, code) => {
    expect(refusal(text)).toEqual({ pointer, code });
  });

  it('keeps its limits exactly', () => {
    expect(refusal(nested(20))).toBeUndefined();
    expect(refusal(nested(21))).toEqual({ pointer: '/0'.repeat(20), code: 'max-depth' });
    const list = (length: number): string => JSON.stringify(Array.from({ length }, () => 0));
    expect(refusal(list(1000))).toBeUndefined();
    expect(refusal(list(1001))).toEqual({ pointer: '', code: 'max-members' });
    expect(refusal('9007199254740991')).toBeUndefined();
    expect(refusal('{"a":"\\\\","b":"\\\\\\":"}')).toBeUndefined();
  });

  it.each(['', ' ', '{', '{"a":1}}', 'undefined', "{'a':1}"])('says of %j that it is no JSON', (text) => {
    expect(() => parseJsonBody(text)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
