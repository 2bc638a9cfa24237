import { assertVersion, isUnchanged, parseIfMatch } from './conditional';
import { makeRepresentation } from './representation';

describe('If-Match', () => {
  it.each([
    ['"v3"', [3]],
    ['"v3-abc_D-9"', [3]],
    ['"v3", "v4-x" ,W/"v5"', [3, 4]],
    [' "v3" ', [3]],
    ['*', 'any'],
    ['W/"v3"', []],
    ['"3"', []],
    ['""', []],
    ['"v"', []],
    ['"xv3"', []],
    ['"v3 "', undefined],
    ['"v1234567890"', []],
  ])('%s names %j', (header, versions) => {
    if (versions === undefined) expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 400 }));
    else expect(parseIfMatch(header)).toEqual(versions);
  });

  it.each([undefined, '', ' '])('is missing when it is %j', (header) => {
    expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 428 }));
  });

  it.each(['v3', '"v3', '"v3" "v4"', '"v3",', '*, "v3"', `"${'a'.repeat(1000)}"`])(
    '%s is no list of tags',
    (header) => {
      expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 400 }));
    },
  );

  it('decides by the version, and tells the current one when it is another', () => {
    expect(() => assertVersion([2, 3], 3)).not.toThrow();
    expect(() => assertVersion('any', 3)).not.toThrow();
    for (const expected of [[], [2], [30]]) {
      expect(() => assertVersion(expected, 3)).toThrow(
        expect.objectContaining({ status: 412, headers: { etag: '"v3"' } }),
      );
    }
  });

  it('takes the ETag of a versioned answer, and knows no version of others', () => {
    expect(parseIfMatch(makeRepresentation({ version: 12, a: 1 }).etag)).toEqual([12]);
    expect(parseIfMatch(makeRepresentation({ version: '12' }).etag)).toEqual([]);
  });
});

describe('If-None-Match', () => {
  const { etag } = makeRepresentation({ a: 1 });

  it.each([[etag], [`W/${etag}`], [`"x", ${etag}`], [`"x",${etag},"y"`], ['*']])(
    '%s is what the client has',
    (header) => {
      expect(isUnchanged(header, etag)).toBe(true);
    },
  );

  it.each([[undefined], [''], ['"x"'], [etag.slice(1, -1)], [`${etag}x`], [`w/${etag}`]])(
    '%s is not what it has',
    (header) => {
      expect(isUnchanged(header, etag)).toBe(false);
    },
  );

  it('sees every change of a value', () => {
    expect(makeRepresentation({ a: 2 }).etag).not.toBe(etag);
    expect(makeRepresentation({ version: 1, a: 1 }).etag).not.toBe(makeRepresentation({ version: 1, a: 2 }).etag);
  });
});
