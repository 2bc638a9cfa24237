/** Cells of this process to which a change is about to be committed. Each mark ends by itself. */
export class Marks {
  /** Deadlines by write, by cell; in milliseconds of the monotonic clock. */
  private readonly deadlines = new Map<string, Map<string, number>>();

  set(writeId: string, cellNames: readonly string[], lifeMs: number): void {
    for (const cell of this.deadlines.keys()) this.has(cell);
    for (const cell of cellNames) {
      const writes = this.deadlines.get(cell) ?? new Map<string, number>();
      this.deadlines.set(cell, writes.set(writeId, performance.now() + lifeMs));
    }
  }

  delete(writeId: string, cellNames: readonly string[]): void {
    for (const cell of cellNames) {
      const writes = this.deadlines.get(cell);
      writes?.delete(writeId);
      if (writes?.size === 0) this.deadlines.delete(cell);
    }
  }

  /** Also forgets what has ended. */
  has(cell: string): boolean {
    const writes = this.deadlines.get(cell);
    if (!writes) return false;
    for (const [writeId, deadline] of writes) {
      if (deadline <= performance.now()) this.delete(writeId, [cell]);
    }
    return this.deadlines.has(cell);
  }
}
