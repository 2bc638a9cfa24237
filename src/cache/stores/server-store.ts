import type { CacheStore } from '../store';

/** What one Redis server keeps. Its commands may reject; the fallback store is who deals with that. */
export interface ServerStore extends CacheStore {
  /** To be called on every new connection before the first read. */
  begin(runId: string): void;
  /** Drops the values of this process. */
  forget(): void;
  /** Writes something that means nothing, to see whether the server takes writes. Undefined: not known how. */
  probe?(): Promise<void>;
}
