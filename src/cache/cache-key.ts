import { NAMED_CACHES, type CacheName } from './cache-names';
import { encodeSegments, isScalar, type KeyPart } from './key-part';
import { joinPath, type Tag } from './tag';

/** Raised when the stored form changes, so that two versions of the program never read each other's entries. */
const SCHEMA_VERSION = 'v1';

/** The cell that every entry depends on: a new nonce in it makes the whole cache unreadable. */
export const EVERYTHING = 'g:*';

/** One question, as its room spells it: `{ cache: 'asset', key: ['id', id] }`. */
export interface CacheKey {
  readonly cache: CacheName;
  readonly key: readonly KeyPart[];
}

/** Who may be given the entry. */
export interface Audience {
  /** Undefined for caches that all tenants share. */
  readonly tenantId: string | undefined;
  /** Set when the answer is this user's alone. */
  readonly userId: string | undefined;
  /** Set when the answer tells of what some people own, and not of everything in the tenant: says of whom. */
  readonly reach?: string | undefined;
}

/** A generation cell an entry depends on. */
export interface Cell {
  readonly name: string;
  /** Whether the cell belongs to one key only: there are as many of these as keys, so they must not live on. */
  readonly single: boolean;
}

export interface EntryAddress {
  readonly entryKey: string;
  /** Everything, the tenant, the tags, every leading part of the key, the key itself; without duplicates. */
  readonly cells: readonly Cell[];
}

/** Where an answer is stored and which generation cells it depends on. */
export function addressOf({ cache, key }: CacheKey, tags: readonly Tag[], audience: Audience): EntryAddress {
  const parts = [...NAMED_CACHES[cache].path, ...key];
  const segments = encodeSegments(parts);
  const path = joinPath(segments);
  const owner = ownerOf(audience.tenantId);
  const reader = readerOf(audience);

  const names = new Set([EVERYTHING, `g:${owner}`]);
  for (const { path: name, shared } of tags) names.add(`g:${shared ? ownerOf(undefined) : owner}:${name}`);
  const leading = parts.findIndex((part) => !isScalar(part));
  const prefixes = leading === -1 ? parts.length - 1 : leading;
  for (let length = 1; length <= prefixes; length++) names.add(`g:${owner}:${joinPath(segments.slice(0, length))}`);

  const cells: Cell[] = Array.from(names, (name) => ({ name, single: false }));
  const own = `g:${owner}:${path}`;
  if (!names.has(own)) cells.push({ name: own, single: true });
  return { entryKey: `e:${SCHEMA_VERSION}:${owner}:${reader}:${path}`, cells };
}

/** The cell behind a tag. */
export function cellOfTag({ path, shared }: Tag, tenantId: string | undefined): string {
  return `g:${ownerOf(shared ? undefined : tenantId)}:${path}`;
}

/** The cell behind one key, whoever may read it. */
export function cellOfKey({ cache, key }: CacheKey, tenantId: string | undefined): string {
  return `g:${ownerOf(tenantId)}:${joinPath(encodeSegments([...NAMED_CACHES[cache].path, ...key]))}`;
}

/** Whose an entry or a cell is: a tenant's, or shared by all. Undefined for `*`, which is everybody's. */
export function ownerOfName(name: string): string | undefined {
  return /^(?:e:\w+|g):(shared|tenant:[^:]+)/.exec(name)?.[1];
}

function readerOf({ userId, reach }: Audience): string {
  const user = userId === undefined ? [] : ['user', userId];
  const within = reach === undefined ? [] : ['reach', reach];
  const segments = [...user, ...within];
  return segments.length === 0 ? 'all' : joinPath(encodeSegments(segments));
}

function ownerOf(tenantId: string | undefined): string {
  return tenantId === undefined ? 'shared' : joinPath(['tenant', ...encodeSegments([tenantId])]);
}
