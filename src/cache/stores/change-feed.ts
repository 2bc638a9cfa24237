import type { Position } from './local-changes';

/** How a process hears of what other instances change, so that its own values may be served unasked. */
export interface ChangeFeed {
  /** False: nobody listens, so that changes need not be told. */
  readonly told: boolean;
  /** To be taken before the cells of a value are read. */
  readonly position: Position;
  /** Milliseconds since all changes up to then were known; Infinity when they never were. */
  readonly leaseAgeMs: number;
  /** Starts it, with the first value that is asked for under a lease. */
  open(): void;
  /** What this process itself has changed is known before it comes back. */
  changed(cellNames: readonly string[]): void;
  /** Whether a value whose cells were read after `since`, from the server of that run_id, may be served unasked. */
  vouchesFor(cellNames: readonly string[], since: Position, runId: string | undefined): boolean;
}

/** Hears nothing, so every value is compared with its cells before it is handed out. */
export const NO_FEED: ChangeFeed = {
  told: false,
  position: 0,
  leaseAgeMs: Infinity,
  open: () => undefined,
  changed: () => undefined,
  vouchesFor: () => false,
};
