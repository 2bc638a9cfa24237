import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { RiskSync } from '../../risk/sync/risk-sync';
import type { SyncOutcome } from '../../risk/sync/sync-record';
import type { Connector, SyncContext, SyncStep } from '../connector';
import { ConnectorFailure } from '../connector-failure';
import { keepStep, lockRun, type BegunRun, type RunSoFar } from './run-rows';
import { SyncConfig } from './sync.config';
import { withoutToldSecrets } from './told-secrets';

const MOST_RECORDS_OF_A_STEP = 500;
const LONGEST_CHECKPOINT = 2_000;

/** What an attempt needs to know of what runs it. */
export interface AttemptContext extends Omit<SyncContext, 'checkpoint'> {
  /** Whether a text holds a secret of the app. */
  readonly holdsSecret: (text: string) => boolean;
  /** How far it is; throws what ends the attempt. */
  readonly report: (done: number, total?: number) => Promise<void>;
}

/** Goes through the steps of a source, from the checkpoint on, and stores each in a transaction of its own. */
@Injectable()
export class SyncAttempt {
  constructor(
    private readonly config: SyncConfig,
    private readonly database: Database,
    private readonly risks: RiskSync,
  ) {}

  /** @throws ConnectorFailure for a source without bounds; what the connector throws; SyncSuperseded; SyncStopped */
  async run(run: BegunRun, connector: Connector, { report, holdsSecret, ...context }: AttemptContext): Promise<void> {
    if (!connector.sync) throw new ConnectorFailure('This connector brings nothing.');
    const timeLimit = AbortSignal.timeout(this.config.maxDurationSeconds * 1_000);
    const signal = AbortSignal.any([context.signal, timeLimit]);
    const resumed = run.checkpoint === undefined ? {} : { checkpoint: run.checkpoint };
    const steps = connector.sync({ ...context, signal, ...resumed })[Symbol.asyncIterator]();
    const aborted = rejectionOn(signal);
    let taken = 0;
    try {
      for (;;) {
        const next = await Promise.race([steps.next(), aborted]);
        if (next.done) return;
        // Also of steps without anything in them there can be no end.
        if (++taken > this.config.maxRecords) throw this.endless();
        const { read } = await this.store(run, withoutToldSecrets(next.value, holdsSecret));
        await report(read, next.value.total);
      }
    } catch (error) {
      if (timeLimit.aborted && !context.signal.aborted) {
        throw new ConnectorFailure(`It took longer than ${this.config.maxDurationSeconds} seconds.`, { cause: error });
      }
      throw error;
    } finally {
      // Not awaited: one that hangs must not hold up what follows.
      steps.return?.().catch(() => undefined);
    }
  }

  private async store(run: BegunRun, step: SyncStep): Promise<RunSoFar> {
    const { records, checkpoint = '', complete = false } = step;
    if (records.length > MOST_RECORDS_OF_A_STEP) {
      throw new ConnectorFailure(`A step has ${records.length} records; at most ${MOST_RECORDS_OF_A_STEP} fit.`);
    }
    if (checkpoint.length > LONGEST_CHECKPOINT) throw new ConnectorFailure('A checkpoint is too long to be kept.');
    const source = { connector: run.connector, runId: run.id };
    return this.database.transaction(async (tx) => {
      const before = await lockRun(tx, run);
      const outcome = await this.risks.store(tx, source, records);
      const after = this.bounded(before, outcome);
      // Of what could not be read nobody knows whether it is one that was there before.
      const vanished = complete && after.failed === 0 ? await this.risks.markVanished(tx, source) : 0;
      await keepStep(tx, run, step, { ...outcome, vanished });
      return after;
    });
  }

  private bounded(before: RunSoFar, { counts }: SyncOutcome): RunSoFar {
    const after = {
      read: before.read + counts.read,
      created: before.created + counts.created,
      failed: before.failed + counts.failed,
    };
    if (after.read > this.config.maxRecords) throw this.endless();
    if (after.created > this.config.maxCreated) {
      throw new ConnectorFailure(`The source has more than ${this.config.maxCreated} risks that are new.`);
    }
    return after;
  }

  private endless(): ConnectorFailure {
    return new ConnectorFailure(`The source has more than ${this.config.maxRecords} records.`);
  }
}

function rejectionOn(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  rejection.catch(() => undefined);
  return rejection;
}
