import { LRUCache } from 'lru-cache';

/** Of V8 on 64 bits, as freeze-and-weigh.spec.ts measures it: what small values take is mostly not their content. */
const OBJECT_BYTES = 64;
const ARRAY_BYTES = 48;
const PROPERTY_BYTES = 8;
const DOUBLE_BYTES = 24;
const STRING_BYTES = 24;
/** Of a property name that no other object shares, with the shape that is made for it. */
const NAME_BYTES = 150;
const FAMILIAR_NAMES = 4_000;

/** Names that many objects share cost next to nothing; those of our own answers are asked for too often to be forgotten. */
const familiarNames = new LRUCache<string, true>({ max: FAMILIAR_NAMES });

/** Freezes plain JSON to its leaves. @returns the bytes of heap that it takes, estimated */
export function freezeAndWeigh(json: unknown): number {
  switch (typeof json) {
    case 'string':
      return STRING_BYTES + json.length * (isOneByte(json) ? 1 : 2);
    case 'number':
      return Number.isSafeInteger(json) && Math.abs(json) < 2 ** 30 ? 0 : DOUBLE_BYTES;
    case 'object':
      if (json === null) return 0;
      return Array.isArray(json) ? weighArray(json) : weighObject(json);
    default:
      return 0;
  }
}

function weighArray(items: readonly unknown[]): number {
  let bytes = ARRAY_BYTES + items.length * PROPERTY_BYTES;
  for (const item of items) bytes += freezeAndWeigh(item);
  Object.freeze(items);
  return bytes;
}

function weighObject(object: object): number {
  let bytes = OBJECT_BYTES;
  for (const [name, member] of Object.entries(object)) {
    bytes += PROPERTY_BYTES + (isFamiliar(name) ? 0 : NAME_BYTES + name.length) + freezeAndWeigh(member);
  }
  Object.freeze(object);
  return bytes;
}

function isFamiliar(name: string): boolean {
  const known = familiarNames.get(name) ?? false;
  if (!known) familiarNames.set(name, true);
  return known;
}

function isOneByte(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}
