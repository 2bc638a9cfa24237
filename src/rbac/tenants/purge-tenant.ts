import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database';
import { DurableJob } from '../../jobs/durable-job.decorator';
import type { RunningJob } from '../../jobs/running-job';
import { TenantConfig } from './tenant.config';

/** Removes what is left of a tenant whose days of grace are over: every row, its audit log, and accounts only it had. */
@Injectable()
export class PurgeTenant {
  private readonly logger = new Logger('Tenants');

  constructor(
    private readonly database: Database,
    private readonly config: TenantConfig,
  ) {}

  @DurableJob({ kind: 'tenant.purge', queue: 'long', every: 'day', inDeletedTenants: true })
  async purge({ tenantId }: Pick<RunningJob, 'tenantId'>): Promise<boolean> {
    const isPurged = await this.database.transaction(
      async (tx) => {
        const [row] = await tx.query<{ purged: boolean }>(
          'SELECT purge_deleted_tenant(make_interval(days => $1)) AS purged',
          [this.config.graceDays],
        );
        return row?.purged === true;
      },
      { tenantId },
    );
    if (isPurged) this.logger.log(`Tenant ${tenantId} has been removed for good`);
    return isPurged;
  }
}
