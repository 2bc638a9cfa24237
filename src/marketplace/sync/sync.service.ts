import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import { NotFound } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { Jobs } from '../../jobs/jobs';
import { appIn, lockApp } from '../apps/app-record';
import type { AppResponse } from '../apps/app.dto';
import { Catalogue } from '../catalogue/catalogue';
import { AppLog } from '../logs/app-log';
import { AppTags } from '../marketplace.cache';
import { AppUninstalled } from '../marketplace.errors';
import { SyncEnds } from './sync-ends';
import type { SyncRunResponse, SyncSettings } from './sync-run.dto';
import { SyncRunReader } from './sync-run.reader';
import { SyncStarts } from './sync-starts';
import { NothingToSync, RunFinished } from './sync.errors';

@Injectable()
export class SyncService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly catalogue: Catalogue,
    private readonly starts: SyncStarts,
    private readonly ends: SyncEnds,
    private readonly runs: SyncRunReader,
    private readonly audit: AuditLog,
    private readonly log: AppLog,
  ) {}

  /** @throws NotFound 404; AppUninstalled, AppNotReady, ConnectorGone, NothingToSync, SyncUnderway 409 */
  async start(appId: string): Promise<SyncRunResponse> {
    const runId = await this.database.transaction((tx) => this.starts.start(tx, appId, 'MANUAL'));
    return this.runs.get(appId, runId);
  }

  /** @throws NotFound 404; StaleVersion 412; AppUninstalled, NothingToSync 409 */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  schedule(id: string, expected: ExpectedVersion, settings: SyncSettings): Promise<AppResponse> {
    const { autoSync, syncIntervalSeconds } = settings;
    return this.log.watch(id, 'SCHEDULE', (succeeded) =>
      this.database.transaction(async (tx) => {
        const { status, version, connectorId, connector, name } = await lockApp(tx, id);
        if (status === 'UNINSTALLED') throw new AppUninstalled();
        assertVersion(expected, version);
        if (autoSync && !this.catalogue.find(connectorId)?.sync) throw new NothingToSync();
        const changed = await tx.query(
          `UPDATE apps SET auto_sync = $3, sync_interval_seconds = $4, version = version + 1, updated_at = statement_timestamp()
            WHERE tenant_id = $1 AND id = $2 AND (auto_sync, sync_interval_seconds) <> ($3, $4) RETURNING id`,
          [tx.tenantId, id, autoSync, syncIntervalSeconds],
        );
        if (changed.length > 0) {
          const details = { connector, name, autoSync, syncIntervalSeconds };
          await this.audit.record(tx, { action: 'app.schedule', resource: 'app', resourceId: id, details });
          await succeeded();
        }
        return appIn(tx, id);
      }),
    );
  }

  /**
   * One that waits never begins; one that runs ends before its next step.
   *
   * @throws NotFound 404; RunFinished 409
   */
  async cancel(appId: string, runId: string): Promise<SyncRunResponse> {
    await this.database.transaction(async (tx) => {
      await this.ends.closeDeserted(tx);
      const [run] = await tx.query<{ status: string; jobId: string }>(
        `SELECT status, job_id AS "jobId" FROM sync_runs WHERE tenant_id = $1 AND app_id = $2 AND id = $3 FOR UPDATE`,
        [tx.tenantId, appId, runId],
      );
      if (!run) throw new NotFound('run');
      if (run.status !== 'QUEUED' && run.status !== 'RUNNING') throw new RunFinished(run.status);
      await this.jobs.cancel(run.jobId);
      await this.ends.cancelWaiting(tx, runId);
      const details = { runId };
      await this.audit.record(tx, { action: 'app.sync-cancel', resource: 'app', resourceId: appId, details });
    });
    return this.runs.get(appId, runId);
  }
}
