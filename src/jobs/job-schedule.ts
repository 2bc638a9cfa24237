import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { Period } from './durable-job.decorator';
import { JobQueue } from './job-queue';
import { JobRegistry, type RegisteredJob } from './job-registry';

const PERIOD_MS: Readonly<Record<Period, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const TENANTS_AT_ONCE = 1_000;

/**
 * Makes the jobs of each period. Their ids are made of kind, tenant and period, so that each exists once however many
 * processes try, and again after a restart.
 */
@Injectable()
export class JobSchedule {
  private readonly made = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
  ) {}

  async makeDueJobs(): Promise<void> {
    for (const job of this.registry.all()) {
      if (!job.every) continue;
      const period = Math.floor(Date.now() / PERIOD_MS[job.every]) * PERIOD_MS[job.every];
      if (this.made.get(job.kind) === period) continue;
      await this.makeForAllTenants(job, period);
      this.made.set(job.kind, period);
    }
  }

  private async makeForAllTenants({ kind, queue = 'short' }: RegisteredJob, period: number): Promise<void> {
    for (let after = ''; ;) {
      const tenants = await this.database.read(
        (session) =>
          session.query<{ id: string }>(
            `SELECT id FROM tenant_directory WHERE $1 = '' OR id > nullif($1, '')::uuid ORDER BY id LIMIT $2`,
            [after, TENANTS_AT_ONCE],
          ),
        {},
      );
      const jobs = tenants.map(({ id: tenantId }) => {
        return { id: idOf(kind, tenantId, period), queue, data: { kind, tenantId, period } };
      });
      if (jobs.length > 0) await this.queue.addMany(jobs);
      const last = tenants.at(-1);
      if (!last || tenants.length < TENANTS_AT_ONCE) return;
      after = last.id;
    }
  }
}

/** A UUID (version 8) that says nothing but is always the same. */
function idOf(kind: string, tenantId: string, period: number): string {
  const hash = createHash('sha256').update(`${kind}|${tenantId}|${period}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
