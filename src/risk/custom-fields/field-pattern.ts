import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

const compiled = new LRUCache<string, RE2JS>({ max: 500 });

/**
 * A pattern of RE2: its time grows with the length of the text only, whatever a tenant writes into it.
 *
 * @throws Error for what is none
 */
export function patternOf(source: string): RE2JS {
  const known = compiled.get(source);
  if (known) return known;
  const pattern = RE2JS.compile(source);
  compiled.set(source, pattern);
  return pattern;
}
