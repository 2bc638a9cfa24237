import { LRUCache } from 'lru-cache';
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
  /** Whether there are many like it, one for each key or each place of rows: they must not live on. */
  readonly many: boolean;
}

export interface EntryAddress {
  readonly entryKey: string;
  /** Everything, the tenant, the tags, every leading part of the key, the key itself, then the others; without duplicates. */
  readonly cells: readonly Cell[];
  /** So many of the cells, the first, matter whatever the answer is. */
  readonly certain: number;
}

interface KnownAddress {
  readonly tags: readonly Tag[];
  readonly among: readonly Tag[];
  readonly address: EntryAddress;
}

/** The same questions are asked all day, and to put the names of their cells together costs as much as the rest of a hit. */
const known = new LRUCache<string, KnownAddress>({ max: 2_000 });
const none: readonly Tag[] = [];

/**
 * Where an answer is stored and which generation cells it depends on.
 *
 * @param among tags that only the answer may tell to matter; always the same array, as there may be a hundred
 */
export function addressOf(
  { cache, key }: CacheKey,
  tags: readonly Tag[],
  audience: Audience,
  among: readonly Tag[] = none,
): EntryAddress {
  const parts = [...NAMED_CACHES[cache].path, ...key];
  const segments = encodeSegments(parts);
  const path = joinPath(segments);
  const owner = ownerOf(audience.tenantId);
  const entryKey = `e:${SCHEMA_VERSION}:${owner}:${readerOf(audience)}:${path}`;
  const before = known.get(entryKey);
  if (before?.among === among && isSame(before.tags, tags)) return before.address;
  const own = cellsOf(parts, segments, owner, tags);
  const names = new Set(own.map(({ name }) => name));
  const others = cellsAmong(among, audience.tenantId).filter(({ name }) => !names.has(name));
  const address = { entryKey, cells: [...own, ...others], certain: own.length };
  known.set(entryKey, { tags, among, address });
  return address;
}

function cellsOf(
  parts: readonly KeyPart[],
  segments: readonly string[],
  owner: string,
  tags: readonly Tag[],
): readonly Cell[] {
  const names = new Set([EVERYTHING, `g:${owner}`]);
  for (const { path: name, shared } of tags) names.add(`g:${shared ? ownerOf(undefined) : owner}:${name}`);
  const leading = parts.findIndex((part) => !isScalar(part));
  const prefixes = leading === -1 ? parts.length - 1 : leading;
  for (let length = 1; length <= prefixes; length++) names.add(`g:${owner}:${joinPath(segments.slice(0, length))}`);

  const cells: Cell[] = Array.from(names, (name) => ({ name, many: false }));
  const own = `g:${owner}:${joinPath(segments)}`;
  if (!names.has(own)) cells.push({ name: own, many: true });
  return cells;
}

/** Shared by the entries of a tenant: they are many, and name the same. */
const cellsOfTags = new WeakMap<readonly Tag[], LRUCache<string, readonly Cell[]>>();

function cellsAmong(among: readonly Tag[], tenantId: string | undefined): readonly Cell[] {
  if (among.length === 0) return [];
  const byOwner = cellsOfTags.get(among) ?? new LRUCache<string, readonly Cell[]>({ max: 200 });
  cellsOfTags.set(among, byOwner);
  const owner = ownerOf(tenantId);
  const before = byOwner.get(owner);
  if (before) return before;
  const names = new Set(among.map((each) => cellOfTag(each, tenantId)));
  const cells = Array.from(names, (name) => ({ name, many: true }));
  byOwner.set(owner, cells);
  return cells;
}

function isSame(one: readonly Tag[], other: readonly Tag[]): boolean {
  if (one === other) return true;
  return (
    one.length === other.length &&
    one.every(({ path, shared }, index) => path === other[index]?.path && shared === other[index].shared)
  );
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
