import { parsePattern, UnusablePattern } from './eviction';
import { joinPath, type Tag } from './tag';

/** Longer ones are in the store by their hash only. */
export const LONGEST_READABLE = 1_000;

/** One segment of a key as the store has it; the parts of an object are segments of their own. */
const SEGMENT = /^[\w.%'@!#~=,()[\]-]+$/;

/**
 * A tag or key of a tenant as it is written in the store and in logs: `risk:id:<uuid>`.
 *
 * @throws UnusablePattern
 */
export function readTag(text: string): Tag {
  const segments = text.split(':');
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    throw new UnusablePattern(text, 'must be made of encoded key segments');
  }
  return { path: joinPath(segments), shared: false };
}

/**
 * A pattern as {@link readTag} reads tags: `risk:list:*`.
 *
 * @throws UnusablePattern, also when it reaches only what all tenants share
 */
export function readPattern(text: string): Tag {
  const { path, scopes } = parsePattern(text);
  if (!scopes.has(false)) throw new UnusablePattern(text, 'names a cache that all tenants share');
  return { path, shared: false };
}
