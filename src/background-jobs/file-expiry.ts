import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { DurableJob } from '../jobs/durable-job.decorator';

const DAYS_KEPT = 7;

/** Files are a tenant's data in a second place: they go soon after their job is over. */
@Injectable()
export class FileExpiry {
  constructor(private readonly database: Database) {}

  @DurableJob({ kind: 'jobs.expire-files', every: 'day', inDeletedTenants: true })
  async expire(): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query(
        `DELETE FROM job_files f USING background_jobs j
          WHERE f.tenant_id = $1 AND j.tenant_id = $1 AND j.id = f.job_id
            AND j.finished_at < now() - CASE f.kind WHEN 'INPUT' THEN interval '0' ELSE make_interval(days => $2) END`,
        [tx.tenantId, DAYS_KEPT],
      ),
    );
  }
}
