import { gzipSync } from 'node:zlib';

/** What is wrong, the bytes of the body, the status it must get, and headers other than those of JSON. */
export type BodyCase = readonly [
  what: string,
  body: string | Uint8Array,
  status: number,
  headers?: Readonly<Record<string, string>>,
];

const valid = '"probability":1,"impact":1';
/** A risk that is valid but for what is given. */
const risk = (members: string): string => `{"title":"t",${valid},${members}}`;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join();
const utf16 = Buffer.from(`\ufeff{"title":"t",${valid}}`, 'utf16le');

export const malformedBodies: readonly BodyCase[] = [
  ['nothing', '', 400],
  ['only blanks', ' \n\t', 400],
  ['half an object', '{"title":', 400],
  ['text behind the object', `{"title":"t",${valid}} x`, 400],
  ['two objects', `{"title":"t",${valid}}{}`, 400],
  ['a comma too many', `{"title":"t",${valid},}`, 400],
  ['a comment', `{"title":"t",${valid}/* */}`, 400],
  ['single quotes', `{'title':'t'}`, 400],
  ['NaN', risk('"residualImpact":NaN'), 400],
  ['Infinity', risk('"residualImpact":Infinity'), 400],
  ['a hexadecimal number', risk('"residualImpact":0x1'), 400],
  ['a leading zero', risk('"residualImpact":01'), 400],
  ['a plus sign', risk('"residualImpact":+1'), 400],
  ['a raw line break in a text', risk('"category":"a\nb"'), 400],
  ['invalid UTF-8', Buffer.concat([Buffer.from(risk('"category":"')), Buffer.from([0xc3, 0x28])]), 400],
  ['an overlong UTF-8 form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 400],
  ['a surrogate encoded as UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 400],
  ['UTF-16', utf16, 400],
  ['bytes of zero', new Uint8Array(100), 400],
];

export const unwantedBodies: readonly BodyCase[] = [
  ['null', 'null', 422],
  ['a list', '[]', 422],
  ['a text', '"text"', 422],
  ['a number', '1', 422],
  ['a flag', 'true', 422],
  ['an empty object', '{}', 422],
  ['19 lists in each other', risk(`"tags":${nested(19)}`), 422],
  ['100,000 lists in each other', nested(100_000), 422],
  ['__proto__', risk('"__proto__":{"admin":true}'), 422],
  ['constructor', risk('"constructor":{"prototype":{"admin":true}}'), 422],
  ['prototype', risk('"prototype":{}'), 422],
  ['toString', risk('"toString":"x"'), 422],
  ['hasOwnProperty', risk('"hasOwnProperty":true'), 422],
  ['__proto__ in custom fields', risk('"customFields":{"__proto__":{"a":1}}'), 422],
  ['toString in custom fields', risk('"customFields":{"toString":1}'), 422],
  ['a name given twice', risk('"title":"u"'), 422],
  ['a name given twice, once escaped', risk('"\\u0074itle":"u"'), 422],
  ['NUL', risk('"category":"a\\u0000b"'), 422],
  ['NUL in a name', risk('"a\\u0000":1'), 422],
  ['a lone surrogate', risk('"category":"\\ud800"'), 422],
  ['a lone surrogate in a list', risk('"tags":["\\udfff"]'), 422],
  ['a lone surrogate in a name', risk('"customFields":{"a\\ud800":1}'), 422],
  ['1e999', risk('"residualImpact":1e999'), 422],
  ['an integer beyond 2^53', risk('"customFields":{"a":9007199254740993}'), 422],
  ['an integer of 400 digits', risk(`"customFields":{"a":${'9'.repeat(400)}}`), 422],
  ['an integer beyond the column', risk('"residualImpact":2147483648,"residualProbability":1'), 422],
  ['an unknown field', risk('"score":25'), 422],
  ['an unknown field with a pointer in its name', risk('"a/b~c":1'), 422],
  ['an unknown field of 200 KB', risk(`"${'a'.repeat(200_000)}":1`), 422],
  ['20,000 unknown fields', risk(many(20_000, (index) => `"k${index}":0`)), 422],
  ['120,000 tags', risk(`"tags":[${many(120_000, (index) => String(index % 10))}]`), 422],
  ['256 letters where 255 fit', `{"title":"${'a'.repeat(256)}",${valid}}`, 422],
  ['256 emoji where 255 fit', `{"title":"${'😀'.repeat(256)}",${valid}}`, 422],
  ['letters with variation selectors that count twice', `{"title":"${'a\ufe0f'.repeat(200)}",${valid}}`, 422],
  ['blanks for a title', `{"title":"\\u00a0\\u2003 ",${valid}}`, 422],
  ['a foreign tenant', risk('"tenantId":"01890a5d-ac96-774b-bcce-b302099a8057"'), 422],
  ['an id of its own', risk('"id":"01890a5d-ac96-774b-bcce-b302099a8057"'), 422],
];

export const unreadableBodies: readonly BodyCase[] = [
  ['1 MB', risk(`"description":"${'a'.repeat(1_000_000)}"`), 413],
  ['plain text', 'title=t', 415, { 'content-type': 'text/plain' }],
  ['a form', 'title=t', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a multipart form', '--x--', 415, { 'content-type': 'multipart/form-data; boundary=x' }],
  ['XML', '<risk/>', 415, { 'content-type': 'application/xml' }],
  ['JSON Patch', '[]', 415, { 'content-type': 'application/json-patch+json' }],
  ['almost JSON', risk('"tags":[]'), 415, { 'content-type': 'application/jsonx' }],
  ['JSON as text', risk('"tags":[]'), 415, { 'content-type': 'text/json' }],
  ['a media type that is none', '{}', 415, { 'content-type': ';;;' }],
  ['two media types', '{}', 415, { 'content-type': 'application/json, text/plain' }],
  ['gzip', gzipSync(risk('"tags":[]')), 415, { 'content-encoding': 'gzip' }],
  ['gzip that is none', risk('"tags":[]'), 415, { 'content-encoding': 'gzip' }],
  ['two codings', risk('"tags":[]'), 415, { 'content-encoding': 'identity, gzip' }],
];

/** Everything that is no value of the field, and must not become one by conversion. */
const wrongValues: Readonly<Record<string, readonly string[]>> = {
  title: ['null', '1', 'true', '[]', '["t"]', '{}', '{"length":3}'],
  description: ['null', '1', '["d"]', '{}'],
  category: ['1', 'false', '["c"]', '""'],
  probability: ['null', '"1"', '"1e0"', 'true', '[1]', '{}', '0', '6', '-1', '1.5', '1e10', '-0.0001'],
  residualImpact: ['"1"', 'true', '[1]', '0', '2.5'],
  status: ['null', '0', '"draft"', '["DRAFT"]', '"ACCEPTED"', '"constructor"'],
  treatment: ['"accept"', '1', '["ACCEPT"]', '{}'],
  ownerId: [
    '""',
    '1',
    '"me"',
    '"01890A5D-AC96-774B-BCCE-B302099A8057"',
    '"{01890a5d-ac96-774b-bcce-b302099a8057}"',
    '"01890a5dac96774bbcceb302099a8057"',
    '"01890a5d-ac96-774b-bcce-b302099a805"',
    '"01890a5d-ac96-774b-bcce-b302099a8057 "',
    '["01890a5d-ac96-774b-bcce-b302099a8057"]',
  ],
  dueDate: [
    '""',
    '"now"',
    '"infinity"',
    '"today"',
    '"2026-02-30"',
    '"2026-13-01"',
    '"0000-01-01"',
    '"10000-01-01"',
    '"2026-1-1"',
    '"2026-01-01T00:00:00Z"',
    '"20260101"',
    '1767225600',
    '{}',
  ],
  tags: ['null', '"a"', '{"0":"a","length":1}', '[1]', '[null]', '[["a"]]', '[""]', '[" "]', '["a","a"]'],
  assetIds: ['null', '"a"', '[1]', '["me"]', '[{}]'],
  externalId: ['1', '""', '[]'],
  customFields: ['null', '1', '"a"', '[]', '[1]', '{"":1}', '{"a b":1}', '{"a":{}}', '{"a":[1]}'],
};

/** Of the same shape, made from the table above. */
export const wronglyTypedBodies: readonly BodyCase[] = Object.entries(wrongValues).flatMap(([name, values]) =>
  values.map((value): BodyCase => {
    const fields = { title: '"t"', probability: '1', impact: '1', [name]: value };
    const members = Object.entries(fields).map(([field, text]) => `"${field}":${text}`);
    return [`${name}: ${value}`, `{${members.join()}}`, 422];
  }),
);

/** Odd, but what they say is clear: the guard must not refuse everything. */
export const acceptableBodies: readonly BodyCase[] = [
  ['a byte order mark', `\ufeff{"title":"t",${valid}}`, 201],
  ['1.0 and 1e0 for 1', `{"title":"t","probability":1.0,"impact":1e0}`, 201],
  ['255 emoji', `{"title":"${'😀'.repeat(255)}",${valid}}`, 201],
  ['quotes, colons and braces in a text', `{"title":"a\\"b\\\\\\": {c}:\\\\",${valid}}`, 201],
  ['SQL and markup in a text', `{"title":"'; DROP TABLE risks; -- <script>",${valid}}`, 201],
  ['upper case in the media type', `{"title":"t",${valid}}`, 201, { 'content-type': 'Application/JSON;charset=UTF-8' }],
];
