import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `tiered`: values in the process, in front of those in Redis. */
export type StoreKind = 'memory' | 'redis' | 'tiered';

/** A caching library, set up and used as its own documentation says. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** What it compares before it hands out a hit: whoever compares nothing is quicker, and may be wrong. */
  readonly checks: Readonly<Record<StoreKind, string>>;
  /** @throws Error with code MODULE_NOT_FOUND when something it needs is not installed */
  open(kind: StoreKind, redisUrl: string): Promise<OpenLibrary>;
}

export interface OpenLibrary {
  /** The answer to a key; what had to be loaded is stored, under the tag when the library has tags. */
  read(key: string, load: () => Promise<unknown>, tag?: string): Promise<unknown>;
  /** Undefined when the library has no tags. */
  readonly evictTag: ((tag: string) => Promise<unknown>) | undefined;
  evictKey(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Longer than it takes to fill a store. */
export const TTL_MS = 3_600_000;
/** Nobody may have to drop anything while it is measured. */
export const MOST_ENTRIES = 1_000_000;

export function installedVersion(name: string): string {
  const manifest = join(__dirname, '../../../../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
