const MOST_CELLS = 50_000;

/** A moment in the order in which this process has heard of changes. */
export type Position = number;

/** When each cell has last changed, as far as this process has heard. Bounded: forgetting means "all have changed". */
export class LocalChanges {
  private latest: Position = 0;
  private allChangedAt: Position = 0;
  private readonly changedAt = new Map<string, Position>();

  get position(): Position {
    return this.latest;
  }

  add(cellNames: readonly string[]): void {
    this.latest++;
    for (const name of cellNames) this.changedAt.set(name, this.latest);
    if (this.changedAt.size > MOST_CELLS) this.addAll();
  }

  addAll(): void {
    this.allChangedAt = ++this.latest;
    this.changedAt.clear();
  }

  untouched(cellNames: readonly string[], since: Position): boolean {
    if (this.allChangedAt > since) return false;
    return cellNames.every((name) => (this.changedAt.get(name) ?? 0) <= since);
  }
}
