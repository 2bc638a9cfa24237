import { Injectable } from '@nestjs/common';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import type { EventType } from '../../outbox/event-types';
import { Outbox } from '../../outbox/outbox';
import { AppLog } from '../logs/app-log';
import { AppTags } from '../marketplace.cache';
import { cancelWaitingRun, closeDesertedRuns, endRun, type EndedRun } from './ended-runs';
import type { BegunRun, RunEnd } from './run-rows';

/** What is told to the outside: nothing of a run that somebody has cancelled. */
const eventOf: Readonly<Partial<Record<RunEnd, EventType>>> = {
  SUCCEEDED: 'connector.synced',
  FAILED: 'connector.failed',
};

/** How runs end: their apps, and what is logged of these, tell it too. */
@Injectable()
export class SyncEnds {
  constructor(
    private readonly database: Database,
    private readonly log: AppLog,
    private readonly outbox: Outbox,
  ) {}

  async end(run: BegunRun, end: RunEnd, error?: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const ended of await endRun(tx, run, end, error)) await this.tell(ended.appId, tx, ended);
    });
  }

  async cancelWaiting(tx: Transaction, runId: string): Promise<void> {
    for (const ended of await cancelWaitingRun(tx, runId)) await this.tell(ended.appId, tx, ended);
  }

  /** Runs whose jobs are over without a word: cancelled before they began, or given up after their processes died. */
  async closeDeserted(tx: Transaction): Promise<void> {
    for (const ended of await closeDesertedRuns(tx)) await this.tell(ended.appId, tx, ended);
  }

  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  async tell(appId: string, tx: Transaction, { runId, status, error, durationMs }: EndedRun): Promise<void> {
    const [app] = await tx.query<{ connector: string; name: string }>(
      `UPDATE apps
          SET last_sync_at = statement_timestamp(), last_sync_status = $3, last_sync_error = $4,
              status = CASE WHEN status = 'INSTALLED' AND $3 = 'FAILED' THEN 'ERROR'
                WHEN status = 'ERROR' AND $3 = 'SUCCEEDED' THEN 'INSTALLED' ELSE status END
        WHERE tenant_id = $1 AND id = $2 RETURNING connector, name`,
      [tx.tenantId, appId, status, error],
    );
    const type = eventOf[status];
    if (type) await this.outbox.record(tx, { type, subjectId: appId, data: { appId, ...app, runId } });
    await this.log.record({ appId, action: 'SYNC', outcome: status, durationMs, ...(error === null ? {} : { error }) });
  }
}
