import type { Stack } from './stack';
import type { Traffic } from './traffic';

export interface Stage {
  readonly stack: Stack;
  readonly traffic: Traffic;
}

type Undo = () => Promise<unknown>;

/** Something that goes wrong, and whom it has to be told. */
export interface Provocation {
  /** Alerts, with the channels that each belongs in; in no other. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  /** @returns puts it right again */
  provoke(stage: Stage): Promise<Undo>;
}
