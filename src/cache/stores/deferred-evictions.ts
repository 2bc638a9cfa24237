import { EVERYTHING } from '../cache-key';

const MOST_REMEMBERED = 1_000;

/** Generation cells that could not be renewed. Bounded: too many of them become "everything". */
export class DeferredEvictions {
  private cells = new Set<string>();

  get size(): number {
    return this.cells.size;
  }

  remember(cellNames: Iterable<string>): void {
    for (const name of cellNames) this.cells.add(name);
    if (this.cells.size > MOST_REMEMBERED) this.cells = new Set([EVERYTHING]);
  }

  /** Hands them over; whoever fails to carry them out must give them back. */
  take(): string[] {
    const taken = [...this.cells];
    this.cells.clear();
    return taken;
  }
}
