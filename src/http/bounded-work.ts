import pLimit from 'p-limit';
import { Unavailable } from '../errors/http.errors';

/** Work that takes much of something all share: a few at a time, some more may wait, the rest is sent away. */
export class BoundedWork {
  private readonly limit: ReturnType<typeof pLimit>;

  /**
   * @param concurrency how many run at the same time
   * @param mostWaiting how many may wait for their turn
   * @param refusal what the others are told
   */
  constructor(
    concurrency: number,
    private readonly mostWaiting: number,
    private readonly refusal: string,
  ) {
    this.limit = pLimit(concurrency);
  }

  /** @throws Unavailable 503 when too many wait already, and whatever the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= this.mostWaiting) throw new Unavailable(this.refusal);
    return this.limit(work);
  }
}
