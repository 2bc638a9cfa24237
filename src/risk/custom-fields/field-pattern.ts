import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/** RE2 walks the whole program for each character: a text of 1,000 takes some milliseconds. */
const LARGEST_PROGRAM = 200;

const compiled = new LRUCache<string, RE2JS>({ max: 500 });

/**
 * A pattern of RE2: its time grows with the length of the text only, whatever a tenant writes into it.
 *
 * @throws Error for what is none, and for what is too large
 */
export function patternOf(source: string): RE2JS {
  const known = compiled.get(source);
  if (known) return known;
  const pattern = RE2JS.compile(source);
  if (pattern.programSize() > LARGEST_PROGRAM) throw new RangeError('The pattern is too large');
  compiled.set(source, pattern);
  return pattern;
}
