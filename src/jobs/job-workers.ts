import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { QueueName } from './durable-job.decorator';
import { FairQueue } from './fair-queue';
import { JobQueue } from './job-queue';
import { JobRunner } from './job-runner';
import { JobSchedule } from './job-schedule';
import { JobsConfig } from './jobs.config';

const SCHEDULE_INTERVAL_MS = 15_000;

/** The loops of this process that fetch jobs and work on them. */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly sleepers = new Map<QueueName, Set<AbortController>>([
    ['short', new Set()],
    ['long', new Set()],
    ['sync', new Set()],
  ]);
  private loops: Promise<void>[] = [];

  constructor(
    private readonly config: JobsConfig,
    private readonly queue: JobQueue,
    private readonly runner: JobRunner,
    private readonly schedule: JobSchedule,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { enabled, shortConcurrency, longConcurrency, syncConcurrency, pollIntervalMs } = this.config;
    if (!enabled) return;
    await this.queue.open();
    this.loops = [
      ...this.workers('short', shortConcurrency, shortConcurrency),
      ...this.workers('long', longConcurrency, allButOne(longConcurrency)),
      ...this.workers('sync', syncConcurrency, allButOne(syncConcurrency)),
      this.repeat(pollIntervalMs, () => this.runner.recordGivenUp()),
      this.repeat(SCHEDULE_INTERVAL_MS, () => this.schedule.makeDueJobs().then(() => this.wake('short'))),
    ];
  }

  /** Before connections are closed: running jobs may end, then they are interrupted and handed back. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.loops.length === 0) return;
    this.stopping.abort();
    for (const queue of this.sleepers.keys()) this.wake(queue);
    const ended = Promise.allSettled(this.loops);
    await Promise.race([ended, pause(this.config.shutdownTimeoutMs, undefined, { ref: false })]);
    this.runner.interruptAll();
    await Promise.race([ended, pause(1_000, undefined, { ref: false })]);
    await this.queue.close();
  }

  /** An idle worker of this process looks again at once. */
  wake(queue: QueueName): void {
    for (const sleeper of this.sleepers.get(queue) ?? []) sleeper.abort();
  }

  /** @param share how many of them one tenant may have at a time */
  private workers(name: QueueName, count: number, share: number): Promise<void>[] {
    const jobs = new FairQueue(this.queue, name, share);
    return Array.from({ length: count }, () => this.work(name, jobs));
  }

  private async work(name: QueueName, jobs: FairQueue): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const job = await jobs.next();
      if (job) await this.runner.run(job).finally(() => jobs.over(job));
      else await this.sleep(name);
    }
  }

  private async sleep(name: QueueName): Promise<void> {
    const sleeper = new AbortController();
    const sleepers = this.sleepers.get(name);
    sleepers?.add(sleeper);
    await pause(this.config.pollIntervalMs, undefined, { signal: sleeper.signal, ref: false }).catch(() => undefined);
    sleepers?.delete(sleeper);
  }

  private async repeat(intervalMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.runner.attempt(work);
      await pause(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** What may take hours leaves one worker to others, where there is more than one. */
function allButOne(workers: number): number {
  return Math.max(1, workers - 1);
}
