import { Injectable, Logger } from '@nestjs/common';
import { AsyncResource } from 'node:async_hooks';
import { Database } from '../../database/database';
import { DomainError } from '../../errors/domain-error';
import { Unavailable } from '../../errors/http.errors';
import { DurableJob } from '../../jobs/durable-job.decorator';
import { Jobs } from '../../jobs/jobs';
import { JobInterrupted, type RunningJob } from '../../jobs/running-job';
import { AppContexts } from '../apps/app-contexts';
import { verdictOn } from './failure-verdict';
import { beginRun, postponeRun, type BegunRun } from './run-rows';
import { SyncAttempt } from './sync-attempt';
import { SyncEnds } from './sync-ends';
import { SYNC_JOB, type SyncParameters } from './sync-starts';
import { SyncConfig } from './sync.config';
import { CANCELLED, SWITCHED_OFF, SyncFailed, SyncStopped, SyncSuperseded } from './sync.errors';
import { isSyncable } from './syncable';

/** A source that asks for more patience is not waited for. */
const LONGEST_WAIT_MS = 3_600_000;

/** Works on runs: one attempt per job. */
@Injectable()
export class SyncJob {
  private readonly logger = new Logger('Marketplace');

  constructor(
    private readonly config: SyncConfig,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly contexts: AppContexts,
    private readonly attempt: SyncAttempt,
    private readonly ends: SyncEnds,
  ) {}

  @DurableJob({ kind: SYNC_JOB, queue: 'sync' })
  async run(job: RunningJob<SyncParameters>): Promise<unknown> {
    const run = await this.database.transaction((tx) => beginRun(tx, job.parameters.runId));
    if (!run) return undefined;
    let withoutSecrets = (text: string): string => text;
    try {
      const work = await this.contexts.open(run.appId, job.signal);
      ({ withoutSecrets } = work);
      if (!isSyncable(work.app.status)) throw new SyncStopped(SWITCHED_OFF);
      const report = AsyncResource.bind((done: number, total?: number) => job.report(done, total));
      const { connector, context, holdsSecret } = work;
      await this.attempt.run(run, connector, { ...context, holdsSecret, report });
      await this.ends.end(run, 'SUCCEEDED');
      return { runId: run.id };
    } catch (error) {
      return await this.settle(run, job, error, withoutSecrets);
    }
  }

  /** @throws what ends the job as the run has ended */
  private async settle(
    run: BegunRun,
    job: RunningJob<SyncParameters>,
    error: unknown,
    withoutSecrets: (text: string) => string,
  ): Promise<never> {
    // Another process goes on with it: now, or as soon as it is handed this job.
    if (error instanceof SyncSuperseded) throw new JobInterrupted('lost');
    if (error instanceof JobInterrupted && error.cause !== 'cancelled') throw error;
    if (error instanceof JobInterrupted || error instanceof SyncStopped) {
      const reason = error instanceof SyncStopped ? error.message : CANCELLED;
      await this.ends.end(run, 'CANCELLED', reason);
      throw new JobInterrupted('cancelled');
    }
    // Our own database: the job is tried again, and goes on from the checkpoint.
    if (error instanceof Unavailable && job.attempt <= this.config.maxAttempts) throw error;
    if (!(error instanceof DomainError)) {
      const stack = error instanceof Error ? (error.stack ?? '') : 'no error';
      this.logger.warn(withoutSecrets(`The connector ${run.connector} failed: ${stack}`));
    }
    const { message, isPassing, retryAfterSeconds } = verdictOn(error);
    const reason = withoutSecrets(message);
    const waitMs = retryAfterSeconds === undefined ? this.backoffMs(run) : retryAfterSeconds * 1_000;
    if (isPassing && run.failedAttempts + 1 < this.config.maxAttempts && waitMs <= LONGEST_WAIT_MS) {
      await this.postpone(run, reason, new Date(Date.now() + waitMs));
    } else {
      await this.ends.end(run, 'FAILED', reason);
    }
    throw new SyncFailed(reason);
  }

  private postpone(run: BegunRun, error: string, retryAt: Date): Promise<void> {
    return this.database.transaction(async (tx) => {
      const parameters: SyncParameters = { runId: run.id };
      const jobId = await this.jobs.start(tx, SYNC_JOB, parameters, retryAt);
      return postponeRun(tx, run, { error, retryAt, jobId });
    });
  }

  /** Between the whole and one and a half, so that those that failed together do not come again together. */
  private backoffMs({ failedAttempts }: BegunRun): number {
    return this.config.retryDelayMs * 2 ** failedAttempts * (1 + Math.random() / 2);
  }
}
