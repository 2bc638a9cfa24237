interface Mark {
  /** In milliseconds of the monotonic clock. */
  readonly deadline: number;
  /** Whether another write was here while it stood. */
  readonly met: boolean;
}

/** Cells of this process to which a change is about to be committed. Each mark ends by itself. */
export class Marks {
  /** By write, by cell. */
  private readonly marks = new Map<string, Map<string, Mark>>();

  /** Also meets the marks of others. */
  set(writeId: string, cellNames: readonly string[], lifeMs: number): void {
    for (const cell of this.marks.keys()) this.has(cell);
    for (const cell of cellNames) {
      const writes = this.marks.get(cell) ?? new Map<string, Mark>();
      this.marks.set(cell, writes);
      this.meetAll(writes);
      writes.set(writeId, { deadline: performance.now() + lifeMs, met: false });
    }
  }

  /** Another change was here. @param writeId its own marks end */
  meet(cellNames: readonly string[], writeId?: string): void {
    for (const cell of cellNames) {
      if (writeId !== undefined) this.delete(writeId, cell);
      this.meetAll(this.marks.get(cell));
    }
  }

  /** Also forgets what has ended. */
  has(cell: string): boolean {
    const writes = this.marks.get(cell);
    if (!writes) return false;
    for (const [writeId, { deadline }] of writes) {
      if (deadline <= performance.now()) this.delete(writeId, cell);
    }
    return this.marks.has(cell);
  }

  /** The write whose mark is alone there and has met no other. */
  soleHolder(cell: string): string | undefined {
    const [first, ...others] = this.marks.get(cell) ?? [];
    return first && !first[1].met && others.length === 0 ? first[0] : undefined;
  }

  private meetAll(writes: Map<string, Mark> | undefined): void {
    for (const [writeId, mark] of writes ?? []) writes?.set(writeId, { ...mark, met: true });
  }

  private delete(writeId: string, cell: string): void {
    const writes = this.marks.get(cell);
    writes?.delete(writeId);
    if (writes?.size === 0) this.marks.delete(cell);
  }
}
