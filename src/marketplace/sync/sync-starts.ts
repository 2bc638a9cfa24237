import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { contextIfAny } from '../../context/request-context';
import type { Transaction } from '../../database/session';
import { Jobs } from '../../jobs/jobs';
import { lockApp } from '../apps/app-record';
import { Catalogue } from '../catalogue/catalogue';
import { AppNotReady, AppUninstalled, ConnectorGone } from '../marketplace.errors';
import { SyncEnds } from './sync-ends';
import { NothingToSync, SyncUnderway } from './sync.errors';
import { isSyncable } from './syncable';

export const SYNC_JOB = 'marketplace.sync';

/** As long as what else is logged of an app. */
const KEPT_DAYS = 90;

export interface SyncParameters {
  readonly runId: string;
}

/** How a run comes to be. */
@Injectable()
export class SyncStarts {
  constructor(
    private readonly jobs: Jobs,
    private readonly audit: AuditLog,
    private readonly catalogue: Catalogue,
    private readonly ends: SyncEnds,
  ) {}

  /**
   * Part of the transaction: when that commits the run is queued.
   *
   * @returns the id of the run
   * @throws NotFound 404; AppUninstalled, AppNotReady, ConnectorGone, NothingToSync, SyncUnderway 409
   */
  async start(tx: Transaction, appId: string, startedBy: 'MANUAL' | 'SCHEDULE'): Promise<string> {
    const app = await lockApp(tx, appId);
    if (app.status === 'UNINSTALLED') throw new AppUninstalled();
    if (!isSyncable(app.status)) throw new AppNotReady(app.status);
    const connector = this.catalogue.find(app.connectorId);
    if (!connector) throw new ConnectorGone(app.connector);
    if (!connector.sync) throw new NothingToSync();
    await this.ends.closeDeserted(tx);
    const [live] = await tx.query<{ id: string }>(
      `SELECT id FROM sync_runs WHERE tenant_id = $1 AND app_id = $2 AND status IN ('QUEUED', 'RUNNING')`,
      [tx.tenantId, appId],
    );
    if (live) throw new SyncUnderway(live.id);
    const runId = newId();
    const parameters: SyncParameters = { runId };
    const jobId = await this.jobs.start(tx, SYNC_JOB, parameters);
    await tx.query(
      `INSERT INTO sync_runs (tenant_id, id, app_id, job_id, started_by, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
      [tx.tenantId, runId, appId, jobId, startedBy, contextIfAny()?.actor?.userId ?? null],
    );
    await tx.query(
      `DELETE FROM sync_runs WHERE tenant_id = $1 AND app_id = $2 AND created_at < now() - make_interval(days => ${KEPT_DAYS})
          AND status NOT IN ('QUEUED', 'RUNNING')`,
      [tx.tenantId, appId],
    );
    const details = { connector: app.connector, name: app.name, runId, startedBy };
    await this.audit.record(tx, { action: 'app.sync', resource: 'app', resourceId: appId, details });
    return runId;
  }
}
