/** Begins pieces of work at a steady rate, however long they take: a server that is slow is not spared for it. */
export class Load {
  readonly failures: string[] = [];
  done = 0;
  private readonly running = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private begun = 0;

  /** @param work is told how many were begun before it */
  constructor(
    perSecond: number,
    private readonly work: (index: number) => Promise<void>,
  ) {
    const startedAt = performance.now();
    this.timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * perSecond;
      while (this.begun < due) this.begin();
    }, 5);
  }

  /** Begins no more, and waits for what was begun. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running);
  }

  private begin(): void {
    const index = this.begun++;
    const piece = this.work(index).then(
      () => {
        this.done++;
      },
      (error: unknown) => void this.failures.push(`${index}: ${String(error)}`),
    );
    this.running.add(piece);
    void piece.then(() => this.running.delete(piece));
  }
}
