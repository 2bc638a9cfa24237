import { createHash } from 'node:crypto';
import { encodeSegments, isScalar, UnusableKeyPart, type KeyPart } from './key-part';

const LONGEST_PATH = 200;

/** What an eviction names and an entry depends on. Made by {@link tag} or {@link sharedTag} only. */
export interface Tag {
  readonly path: string;
  /** Seen by every tenant; other tags of the same name in two tenants have nothing to do with each other. */
  readonly shared: boolean;
}

/**
 * A tag of the current tenant: `tag('asset', 'id', id)`. Every leading part of a key is such a tag too, so that
 * `tag('asset')` reaches everything in the asset cache and `tag('asset', 'list')` all of its lists.
 *
 * @throws UnusableKeyPart when a part is an object or there is none
 */
export function tag(...parts: readonly KeyPart[]): Tag {
  return { path: pathOf(parts), shared: false };
}

/** A tag that all tenants share, for what depends on data that belongs to no tenant (the connector catalogue). */
export function sharedTag(...parts: readonly KeyPart[]): Tag {
  return { path: pathOf(parts), shared: true };
}

/** Segments joined; when that is long, its readable beginning and the SHA-256 of the whole. */
export function joinPath(segments: readonly string[]): string {
  const path = segments.join(':');
  if (path.length <= LONGEST_PATH) return path;
  const hash = createHash('sha256').update(path).digest('hex');
  return `${path.slice(0, LONGEST_PATH - hash.length)}~${hash}`;
}

function pathOf(parts: readonly KeyPart[]): string {
  if (parts.length === 0) throw new UnusableKeyPart('Nothing');
  if (!parts.every(isScalar)) throw new UnusableKeyPart('An object, inside a tag,');
  return joinPath(encodeSegments(parts));
}
