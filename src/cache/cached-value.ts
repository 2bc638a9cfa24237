import { makeRepresentation, rememberRepresentation } from '../http/representation';
import { freezeAndWeigh } from './freeze-and-weigh';

/** Plain JSON, frozen to its leaves, with the bytes it is sent as. */
export interface CachedValue {
  readonly json: unknown;
  readonly bytes: Buffer;
  /** What the object graph takes beside the bytes, estimated. */
  readonly graphBytes: number;
  /** Of objects and arrays; nothing else is ever a whole answer. */
  readonly etag: string | undefined;
}

/** A programming error: `undefined` is no JSON. A method that finds nothing returns null. */
export class NothingToCache extends TypeError {
  constructor(cache: string) {
    super(`A load of the cache ${cache} gave undefined, which cannot be cached: return null for "nothing"`);
    this.name = 'NothingToCache';
  }
}

/**
 * What was loaded, as a hit would return it: dates are strings, undefined properties are gone.
 *
 * @throws NothingToCache for undefined; TypeError for what JSON cannot hold (bigint, cycles)
 */
export function toCachedValue(loaded: unknown, cache: string): CachedValue {
  const text = JSON.stringify(loaded) as string | undefined;
  if (text === undefined) throw new NothingToCache(cache);
  const json = JSON.parse(text) as unknown;
  const graphBytes = freezeAndWeigh(json);
  if (!isObject(json)) return { json, graphBytes, bytes: Buffer.from(text), etag: undefined };
  const representation = makeRepresentation(json, text);
  rememberRepresentation(json, representation);
  return { json, graphBytes, ...representation };
}

/** A value that another process has stored. */
export function fromStoredText(text: string, etag: string | undefined): CachedValue {
  const json = JSON.parse(text) as unknown;
  const graphBytes = freezeAndWeigh(json);
  const bytes = Buffer.from(text);
  if (isObject(json) && etag !== undefined) rememberRepresentation(json, { bytes, etag });
  return { json, graphBytes, bytes, etag };
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null;
}
