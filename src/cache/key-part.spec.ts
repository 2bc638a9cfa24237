import fc from 'fast-check';
import { encodeSegments, UnusableKeyPart, type KeyPart } from './key-part';

const encode = (...parts: KeyPart[]): string => encodeSegments(parts).join(':');

/** What tells two keys apart: types, order of elements, but not order of properties, nor those that are undefined. */
function essence(part: KeyPart): unknown {
  if (typeof part === 'bigint') return { bigint: String(part) };
  if (part === undefined) return { nothing: true };
  if (part instanceof Date) return { date: part.getTime() };
  if (Array.isArray(part)) return { list: (part as KeyPart[]).map(essence) };
  if (typeof part !== 'object' || part === null) return { scalar: Object.is(part, -0) ? 0 : part };
  const properties = Object.entries(part as Record<string, KeyPart>).filter(([, value]) => value !== undefined);
  return { properties: properties.map(([name, value]) => [name, essence(value)]).sort() };
}

const awkward = fc.constantFrom(
  ...[
    '',
    'true',
    'null',
    '1',
    '1e21',
    '-0',
    'NaN',
    ':',
    '=',
    '*',
    'a:b',
    'page=1',
    "'",
    "'1",
    '%',
    '%3a',
    '(',
    ',',
    '#1',
  ],
  ...['!', '@', '~', '[1]', '(a=1)', 'list:page=1:severity=x', '\ud800', '\udc00a', 'é', '\u0000', '2020-01-01'],
);
const scalar = fc.oneof(
  awkward,
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(null, undefined),
);
const { part } = fc.letrec<{ part: KeyPart }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('part'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(awkward, fc.string({ maxLength: 4 })), tie('part'), { maxKeys: 3 }),
  ),
}));
const key = fc.array(part, { maxLength: 4 });

describe('encodeSegments', () => {
  it('gives two keys the same text only when they ask the same', () => {
    const pair = fc.oneof(
      fc.tuple(key, key),
      key.chain((one) => fc.tuple(fc.constant(one), variationOf(one))),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const same = JSON.stringify(one.map(essence)) === JSON.stringify(other.map(essence));
        expect(encode(...one) === encode(...other)).toBe(same);
      }),
      { numRuns: 1_000 },
    );
  });

  it('uses nothing but printable ASCII, and the separator only between segments', () => {
    fc.assert(
      fc.property(key, (parts) => {
        for (const segment of encodeSegments(parts)) expect(segment).toMatch(/^[!-9;-~]+$/);
      }),
    );
  });

  it.each<[string, KeyPart[]]>([
    ['risk:list:page=1:severity=HIGH', ['risk', 'list', { severity: 'HIGH', page: 1, search: undefined }]],
    ['risk:id:0f8fad5b-d9cb-469f-a165-70867728950e', ['risk', 'id', '0f8fad5b-d9cb-469f-a165-70867728950e']],
    ["a=1:b='1:c=true:d='true", [{ a: 1, b: '1', c: true, d: 'true' }]],
    ['a=page%3d1%3aseverity%3dx', [{ a: 'page=1:severity=x' }]],
    ['()', [{}]],
    ['(a=1):b=2', [{ a: 1 }, { b: 2 }]],
    ['tags=[x,y]', [{ tags: ['x', 'y'] }]],
    ['@2026-01-02T03%3a04%3a05.000Z', [new Date('2026-01-02T03:04:05Z')]],
    ['!', [undefined]],
    ["'", ['']],
  ])('reads as %s', (text, parts) => {
    expect(encode(...parts)).toBe(text);
  });

  it('takes an instance of a request class for its own properties', () => {
    class Query {
      page = 1;
      readonly severity = 'HIGH';
    }
    expect(encode('list', new Query())).toBe(encode('list', { severity: 'HIGH', page: 1 }));
  });

  it('refuses what may keep its content where it cannot be seen', () => {
    class Hidden {
      readonly #page: number;
      constructor(page: number) {
        this.#page = page;
      }
      get shown(): number {
        return this.#page;
      }
    }
    const hidden = new Hidden(1);
    expect(hidden.shown).toBe(1);
    expect(() => encode('list', hidden)).toThrow(UnusableKeyPart);
    expect(() => encode('list', { page: hidden })).toThrow(UnusableKeyPart);
    expect(() => encode('list', { [Symbol('page')]: 1 })).toThrow(UnusableKeyPart);
    expect(encode('list', Object.create(null) as object)).toBe(encode('list', {}));
  });

  it.each([
    NaN,
    Infinity,
    () => 1,
    Symbol('x'),
    new Map(),
    new Set(),
    new Date(NaN),
    Buffer.from('x'),
    Promise.resolve(),
  ])('refuses %p', (unusable) => {
    expect(() => encode('list', { unusable })).toThrow(UnusableKeyPart);
  });
});

/** The same key put differently, or nearly the same: where a collision would hide. */
function variationOf(parts: KeyPart[]): fc.Arbitrary<KeyPart[]> {
  return fc.constantFrom<KeyPart[]>(
    parts.map((one) => (isPlain(one) ? Object.fromEntries(Object.entries(one).reverse()) : one)),
    parts.map((one) => (isPlain(one) ? { ...one, absent: undefined } : one)),
    parts.map((one) => (typeof one === 'number' ? String(one) : one)),
    parts.map((one) => (one === null ? 'null' : one)),
    parts.flatMap((one) => (Array.isArray(one) ? (one as KeyPart[]) : [one])),
    [encode(...parts)],
    [...parts, undefined],
    [...parts, {}],
    parts.slice(1),
  );
}

function isPlain(one: KeyPart): one is Record<string, KeyPart> {
  return typeof one === 'object' && one !== null && !Array.isArray(one) && !(one instanceof Date);
}
