import type { Cell } from './cache-key';
import type { CellsChanged, GenerationVector } from './store';
import { noncesOf, vectorOf } from './stores/generation';

/**
 * Follows the cells of an entry through the changes of one write. Each change tells what it has met: when that is what
 * the one before has left, nobody else has been there in between, and what the write knows of its entry is still true
 * under the generations that its own last change has made.
 */
export class Lineage {
  private readonly held: Map<string, string>;
  private broken = false;

  /** @param vector of these cells, read before the write began */
  constructor(cells: readonly Cell[], vector: GenerationVector) {
    const nonces = noncesOf(vector);
    this.held = new Map(cells.map(({ name }, index) => [name, nonces[index] ?? '']));
  }

  /** Cells that the write does not change are none of its business: their generations are those from before. */
  follow({ status, cells }: CellsChanged): void {
    if (status !== 'ok') this.break();
    for (const [name, { found, left }] of cells) {
      const held = this.held.get(name);
      if (held === undefined) continue;
      if (found !== held) this.break();
      this.held.set(name, left);
    }
  }

  break(): void {
    this.broken = true;
  }

  dependsOn(cellName: string): boolean {
    return this.held.has(cellName);
  }

  /** What the value may be stored with; undefined when somebody else may have changed it. */
  get vector(): GenerationVector | undefined {
    return this.broken ? undefined : vectorOf([...this.held.values()]);
  }
}
