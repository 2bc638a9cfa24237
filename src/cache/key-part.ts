/**
 * What a cache key may be made of. `undefined` in an object is as if the property were absent; property order does not
 * matter; types do: `{ page: 1 }` and `{ page: '1' }` are two keys.
 */
export type KeyPart = string | number | boolean | bigint | null | undefined | Date | object;

/** A programming error: the value has no canonical form, so two different questions could share an answer. */
export class UnusableKeyPart extends TypeError {
  constructor(what: string) {
    super(`${what} cannot be part of a cache key`);
    this.name = 'UnusableKeyPart';
  }
}

/**
 * The canonical text of a key, one segment per element: `['risk', 'list', { page: 1, severity: 'HIGH' }]` becomes
 * `['risk', 'list', 'page=1', 'severity=HIGH']`. Different keys give different texts: every character of a value that
 * is not `A-Z a-z 0-9 _ . -` is percent-encoded, so no value can imitate a separator, and `'` marks a string that
 * would read as another type.
 *
 * @throws UnusableKeyPart for functions, symbols, NaN, Map, Set, invalid dates and the like
 */
export function encodeSegments(parts: readonly KeyPart[]): string[] {
  const last = parts.at(-1);
  const opened = isRecord(last) ? encodeProperties(last) : [];
  return opened.length > 0 ? [...parts.slice(0, -1).map(encodePart), ...opened] : parts.map(encodePart);
}

/** Whether a part becomes exactly one segment that a tag or a pattern can name. */
export function isScalar(part: KeyPart): boolean {
  return part === null || typeof part !== 'object' || part instanceof Date;
}

function encodePart(part: KeyPart): string {
  switch (typeof part) {
    case 'string':
      return readsAsAnotherType(part) ? `'${encodeText(part)}` : encodeText(part);
    case 'number':
      if (!Number.isFinite(part)) throw new UnusableKeyPart(String(part));
      return encodeText(String(part));
    case 'boolean':
      return String(part);
    case 'bigint':
      return `#${part}`;
    case 'undefined':
      return '!';
    case 'object':
      return part === null ? 'null' : encodeObject(part);
    default:
      throw new UnusableKeyPart(`A ${typeof part}`);
  }
}

function encodeObject(part: object): string {
  if (part instanceof Date) {
    if (Number.isNaN(part.getTime())) throw new UnusableKeyPart('An invalid date');
    return `@${encodeText(part.toISOString())}`;
  }
  if (Array.isArray(part)) return `[${Array.from(part as KeyPart[], encodePart).join(',')}]`;
  if (isRecord(part)) return `(${encodeProperties(part).join(',')})`;
  throw new UnusableKeyPart(`A ${part.constructor.name}`);
}

function encodeProperties(record: Record<string, KeyPart>): string[] {
  return Object.keys(record)
    .filter((name) => record[name] !== undefined)
    .sort()
    .map((name) => `${encodeText(name)}=${encodePart(record[name])}`);
}

/**
 * Plain objects and instances of request classes; not what keeps its content elsewhere than in its own properties.
 *
 * @throws UnusableKeyPart for what has symbols for names, and for instances without a property: theirs may be private
 */
function isRecord(part: KeyPart): part is Record<string, KeyPart> {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  if (Object.prototype.toString.call(part) !== '[object Object]') return false;
  if (Object.getOwnPropertySymbols(part).length > 0) throw new UnusableKeyPart('An object with symbols for names');
  const prototype = Object.getPrototypeOf(part) as object | null;
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain && Object.keys(part).length === 0) {
    throw new UnusableKeyPart(`A ${part.constructor.name} without properties of its own`);
  }
  return true;
}

function readsAsAnotherType(text: string): boolean {
  if (text === '' || text === 'true' || text === 'false' || text === 'null') return true;
  return /^[-\dIN]/.test(text) && String(Number(text)) === text;
}

function encodeText(text: string): string {
  if (/^[\w.-]*$/.test(text)) return text;
  return text.replace(/[^A-Za-z0-9_.-]/gu, (character) => {
    if (/\p{Surrogate}/u.test(character)) return `%u${character.charCodeAt(0).toString(16)}`;
    return Buffer.from(character).toString('hex').replace(/../g, '%$&');
  });
}
