/** A mistake in a guard that somebody could make, and who notices it. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file: a fault that no longer fits fails the check. */
  readonly find: string;
  readonly replace: string;
  /** The specs that must turn red. */
  readonly caughtBy: readonly [string, ...string[]];
  /** Which of their tests, as a regular expression; all when left out. */
  readonly tests?: string;
}
