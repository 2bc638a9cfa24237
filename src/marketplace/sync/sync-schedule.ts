import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { DomainError } from '../../errors/domain-error';
import { DurableJob } from '../../jobs/durable-job.decorator';
import { SyncEnds } from './sync-ends';
import { SyncStarts } from './sync-starts';

/**
 * Apps whose interval has passed since their last run began: twice as long after each run that failed, up to a day, and
 * up to a tenth longer, so that not all of them come to one source in the same minute.
 */
const DUE = `
  SELECT a.id FROM apps a
    LEFT JOIN LATERAL (
      SELECT r.id, r.created_at, r.status FROM sync_runs r WHERE r.tenant_id = a.tenant_id AND r.app_id = a.id
       ORDER BY r.created_at DESC, r.id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
      SELECT count(*) AS count FROM sync_runs r
       WHERE r.tenant_id = a.tenant_id AND r.app_id = a.id AND r.status = 'FAILED' AND r.created_at > coalesce((
         SELECT max(s.created_at) FROM sync_runs s
          WHERE s.tenant_id = a.tenant_id AND s.app_id = a.id AND s.status = 'SUCCEEDED'), '-infinity')) failures ON true
   WHERE a.tenant_id = $1 AND a.auto_sync AND a.status IN ('INSTALLED', 'ERROR')
     AND (last.id IS NULL OR last.status NOT IN ('QUEUED', 'RUNNING') AND last.created_at <= statement_timestamp()
       - least(a.sync_interval_seconds * 2 ^ least(failures.count, 20), greatest(86400, a.sync_interval_seconds))
       * (1 + (hashtext(last.id::text) & 1023) / 10240.0) * interval '1 second')
   ORDER BY a.id`;

@Injectable()
export class SyncSchedule {
  constructor(
    private readonly database: Database,
    private readonly starts: SyncStarts,
    private readonly ends: SyncEnds,
  ) {}

  @DurableJob({ kind: 'marketplace.sync-due', every: 'minute' })
  async startDue(): Promise<void> {
    await this.database.transaction((tx) => this.ends.closeDeserted(tx));
    const due = await this.database.read((session) => session.query<{ id: string }>(DUE, [session.tenantId]));
    for (const { id } of due) await this.startOne(id);
  }

  private async startOne(appId: string): Promise<void> {
    try {
      await this.database.transaction((tx) => this.starts.start(tx, appId, 'SCHEDULE'));
    } catch (error) {
      // Started, switched off or uninstalled by somebody meanwhile.
      if (!(error instanceof DomainError) || error.status >= 500) throw error;
    }
  }
}
