import type { FetchedJob } from './job-queue';
import type { StartedJob } from './job-records';
import { JobInterrupted, type RunningJob } from './running-job';

const REPORT_INTERVAL_MS = 1_000;

/** What is handed to the method that works on a job. */
export class JobProgress implements RunningJob {
  readonly id: string;
  readonly tenantId: string;
  readonly parameters: unknown;
  readonly period: Date | undefined;
  readonly attempt: number;
  private reportedAt = -Infinity;

  constructor(
    job: FetchedJob,
    started: StartedJob,
    readonly signal: AbortSignal,
    private readonly write: (done: number, total?: number) => Promise<boolean>,
  ) {
    this.id = started.id;
    this.tenantId = started.tenantId;
    this.parameters = started.parameters;
    this.period = job.data.period === undefined ? undefined : new Date(job.data.period);
    this.attempt = job.retryCount + 1;
  }

  async report(done: number, total?: number): Promise<void> {
    this.signal.throwIfAborted();
    const now = performance.now();
    if (now - this.reportedAt < REPORT_INTERVAL_MS && done !== total) return;
    this.reportedAt = now;
    if (await this.write(done, total)) throw new JobInterrupted('cancelled');
  }
}
