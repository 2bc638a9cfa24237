import type { Cell } from '../table';

type Outcome = 'ok' | 'FAILED' | 'skipped';

interface Result {
  readonly name: string;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly tookMs: number;
}

/** What was looked at, in order, and what came of it. */
export class Checklist {
  private readonly results: Result[] = [];
  private stopped = false;

  get failed(): boolean {
    return this.results.some(({ outcome }) => outcome === 'FAILED');
  }

  /** What is left is not looked at any more, and counts as failed. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Whatever the work throws is a check that failed; the next ones go on.
   *
   * @param work answers with what is worth telling
   * @param options.always also after an interruption
   */
  async check(name: string, work: () => Promise<string>, { always = false } = {}): Promise<void> {
    const began = performance.now();
    const looked = this.stopped && !always ? Promise.reject(new Error('interrupted')) : work();
    const [outcome, detail] = await looked.then(
      (told): [Outcome, string] => ['ok', told],
      (error: unknown): [Outcome, string] => ['FAILED', error instanceof Error ? error.message : String(error)],
    );
    this.results.push({ name, outcome, detail, tookMs: performance.now() - began });
  }

  skip(name: string, why: string): void {
    this.results.push({ name, outcome: 'skipped', detail: why, tookMs: 0 });
  }

  table(): Cell[][] {
    const rows = this.results.map(({ name, outcome, detail, tookMs }) => [name, outcome, Math.round(tookMs), detail]);
    return [['check', 'result', 'ms', 'detail'], ...rows];
  }
}

/** @throws Error saying what was found instead, which is all that a check has to do to fail */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
