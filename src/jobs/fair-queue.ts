import type { QueueName } from './durable-job.decorator';
import type { FetchedJob, JobQueue } from './job-queue';

/** Hands out the jobs of a queue to the workers of this process, to each tenant no more at a time than its share. */
export class FairQueue {
  private readonly running = new Map<string, number>();
  private fetching: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queue: JobQueue,
    private readonly name: QueueName,
    private readonly share: number,
  ) {}

  /** Undefined when there is nothing to do now. Whoever gets a job says when it is over. */
  next(): Promise<FetchedJob | undefined> {
    // One after the other: each has to know what the one before has got.
    const next = this.fetching.then(() => this.fetch());
    this.fetching = next.catch(() => undefined);
    return next;
  }

  over({ data: { tenantId } }: FetchedJob): void {
    const left = (this.running.get(tenantId) ?? 0) - 1;
    if (left > 0) this.running.set(tenantId, left);
    else this.running.delete(tenantId);
  }

  private async fetch(): Promise<FetchedJob | undefined> {
    const tenants = [...this.running].filter(([, jobs]) => jobs >= this.share).map(([tenantId]) => tenantId);
    const job = await this.queue.fetch(this.name, tenants);
    if (job) this.running.set(job.data.tenantId, (this.running.get(job.data.tenantId) ?? 0) + 1);
    return job;
  }
}
