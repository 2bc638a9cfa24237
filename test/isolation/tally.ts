/** What a phase has done, and what it has found. */
export class Tally {
  probes = 0;
  changed = 0;
  aimed = 0;
  /** Answers with a canary of the tenant that asked: without these nothing could be found anywhere. */
  telling = 0;
  hits = 0;
  misses = 0;
  unchanged = 0;
  logLines = 0;
  statements = 0;
  readonly statuses = new Map<number, number>();
  readonly answered = new Set<string>();
  readonly leaks: string[] = [];
  readonly failures: string[] = [];

  count(status: number): void {
    this.probes++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  get good(): number {
    return [...this.statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
  }

  /** What shows that a phase has not probed what it should. */
  idle(): string[] {
    const least: readonly (readonly [string, number, number])[] = [
      ['good answers', this.good, 0.4],
      ['answers with canaries', this.telling, 0.2],
      ['answers from a cache', this.hits, 0.01],
      ['answers made anew', this.misses, 0.01],
      ['requests for what the other tenant has', this.aimed, 0.03],
      ['changes made', this.changed, 0.005],
    ];
    const few = least.filter(([, count, share]) => count < share * this.probes);
    const complaints = few.map(([what, count]) => `only ${count} ${what} of ${this.probes}`);
    return this.probes === 0 ? ['no probe at all'] : complaints;
  }

  describe(): string {
    const statuses = [...this.statuses].sort(([one], [other]) => one - other).map(([status, n]) => `${status} ${n}`);
    return [
      `  ${this.probes} probes: ${this.changed} changes made, ${this.aimed} aimed at the other tenant, ${this.telling} with canaries`,
      `  caches ${this.hits} hits, ${this.misses} misses, ${this.unchanged} unchanged; ${this.logLines} log lines; answers ${statuses.join(', ')}`,
      ...(this.statements > 0 ? [`  ${this.statements} statements had lost their tenant`] : []),
    ].join('\n');
  }
}
