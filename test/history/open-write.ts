import { AsyncLocalStorage } from 'node:async_hooks';
import type { Versions } from './journal';

/** A write that has not returned yet. */
export interface OpenWrite {
  readonly id: string;
  versions: Versions;
  /** What its evictions said, and the marks that went before them. */
  readonly evictions: string[];
  readonly marks: string[];
  /** It evicts on its own, after its transaction: nobody promises anything from COMMIT on. */
  evictsAfterwards: boolean;
  committed: boolean;
}

export const openWrites = new AsyncLocalStorage<OpenWrite>();

/** @throws Error (a programming error) outside of a write */
export function currentWrite(): OpenWrite {
  const write = openWrites.getStore();
  if (!write) throw new Error('Rows are changed inside of a write only');
  return write;
}
