import { Injectable, Logger } from '@nestjs/common';
import { runInContext } from '../context/request-context';
import { DomainError } from '../errors/domain-error';
import { inTrace } from '../tracing/tracer';
import { JobProgress } from './job-progress';
import { JobQueue, type FetchedJob } from './job-queue';
import { JobRegistry, type RegisteredJob } from './job-registry';
import { JobRecords, type StartedJob } from './job-records';
import { JobMetrics } from './jobs.metrics';
import { JobInterrupted } from './running-job';

const HEARTBEAT_MS = 10_000;

/** Works on one fetched job at a time, and writes down how it went. Nothing here throws: the loops go on. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly running = new Set<AbortController>();

  constructor(
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
    private readonly records: JobRecords,
    private readonly metrics: JobMetrics,
  ) {}

  async run(job: FetchedJob): Promise<void> {
    const registered = this.registry.find(job.data.kind);
    await this.attempt(async () => {
      // A newer version of the program, in another process, knows it.
      if (!registered) return this.queue.fail(job, new Error(`Nothing here works on ${job.data.kind}`));
      await inTrace({ name: `job ${registered.kind}`, kind: 'consumer' }, () => this.execute(job, registered));
    });
  }

  /** Jobs that were tried too often, or whose processes have died each time. */
  async recordGivenUp(): Promise<void> {
    for (let job = await this.queue.fetch('given-up'); job; job = await this.queue.fetch('given-up')) {
      await this.records.giveUp(job);
      this.metrics.ended(job.data.kind, 'failed');
      await this.queue.complete(job);
    }
  }

  interruptAll(): void {
    for (const controller of this.running) controller.abort(new JobInterrupted('shutdown'));
  }

  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`Background work failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    }
  }

  private async execute(job: FetchedJob, registered: RegisteredJob): Promise<void> {
    const started = await this.records.begin(job, registered);
    // Cancelled or over already, or of a tenant that is gone: what is left of it in the queue is let go.
    if (!started) return this.queue.complete(job);
    const controller = new AbortController();
    this.running.add(controller);
    const heartbeat = setInterval(() => void this.attempt(() => this.beat(job, controller)), HEARTBEAT_MS).unref();
    const stop = this.metrics.started(registered.kind);
    try {
      const work = this.inContext(started, () => registered.run(this.handed(job, started, controller)));
      // A method that does not look at its signal must not hold up the jobs behind it.
      const result = await Promise.race([work, rejectionOn(controller.signal)]);
      await this.records.succeed(started, result);
      await this.queue.complete(job);
      this.metrics.ended(registered.kind, 'succeeded');
    } catch (error) {
      await this.settle(job, started, controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      stop();
      clearInterval(heartbeat);
      this.running.delete(controller);
    }
  }

  private handed(job: FetchedJob, started: StartedJob, { signal }: AbortController): JobProgress {
    const report = (done: number, total?: number): Promise<boolean> => this.records.progress(started, done, total);
    return new JobProgress(job, started, signal, report);
  }

  private inContext<T>({ tenantId, userId, id }: StartedJob, work: () => Promise<T>): Promise<T> {
    const requestId = `job-${id}`;
    return runInContext(
      userId === undefined ? { requestId, tenantId } : { requestId, actor: { tenantId, userId } },
      work,
    );
  }

  private async settle(job: FetchedJob, started: StartedJob, error: unknown): Promise<void> {
    const { kind } = job.data;
    if (error instanceof JobInterrupted && error.cause === 'lost') return;
    if (error instanceof JobInterrupted && error.cause === 'cancelled') {
      await this.records.cancelled(started);
      this.metrics.ended(kind, 'cancelled');
      return this.queue.complete(job);
    }
    // What a client has asked for wrongly stays wrong.
    if (error instanceof DomainError && error.status < 500) {
      await this.records.fail(started, error.message);
      this.metrics.ended(kind, 'failed');
      return this.queue.complete(job);
    }
    this.logger.warn(`The job ${kind} failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    this.metrics.ended(kind, 'retried');
    await this.records.requeue(started);
    await this.queue.fail(job, error);
  }

  private async beat(job: FetchedJob, controller: AbortController): Promise<void> {
    if (!(await this.queue.keepAlive(job))) controller.abort(new JobInterrupted('lost'));
    else if (await this.records.isCancelRequested(job)) controller.abort(new JobInterrupted('cancelled'));
  }
}

function rejectionOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
