import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { DurableJobOptions } from './durable-job.decorator';
import type { FetchedJob } from './job-queue';

/** A job that is worked on. Those of a period have no record: nobody has asked for them. */
export interface StartedJob {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string | undefined;
  readonly parameters: unknown;
  readonly hasRecord: boolean;
}

const LONGEST_ERROR = 2_000;

/** What a tenant sees of its jobs. */
@Injectable()
export class JobRecords {
  constructor(private readonly database: Database) {}

  /** Undefined when there is nothing to do any more. */
  async begin({ id, data: { tenantId, period } }: FetchedJob, job: DurableJobOptions): Promise<StartedJob | undefined> {
    if (period !== undefined) {
      if (!job.inDeletedTenants && (await this.isDeleted(tenantId))) return undefined;
      return { id, tenantId, userId: undefined, parameters: undefined, hasRecord: false };
    }
    const [row] = await this.change<{ parameters: unknown; userId: string | null }>(
      tenantId,
      `UPDATE background_jobs SET status = 'RUNNING', started_at = coalesce(started_at, now())
        WHERE tenant_id = $1 AND id = $2 AND status IN ('QUEUED', 'RUNNING') AND cancel_requested_at IS NULL
        RETURNING parameters, created_by AS "userId"`,
      [id],
    );
    if (row) return { id, tenantId, userId: row.userId ?? undefined, parameters: row.parameters, hasRecord: true };
    await this.end(tenantId, id, 'CANCELLED');
    return undefined;
  }

  /** @returns whether it is to be cancelled */
  async progress({ id, tenantId, hasRecord }: StartedJob, done: number, total?: number): Promise<boolean> {
    if (!hasRecord) return false;
    const [row] = await this.change<{ cancel: boolean }>(
      tenantId,
      `UPDATE background_jobs SET done = $3, total = coalesce($4, total) WHERE tenant_id = $1 AND id = $2
        RETURNING cancel_requested_at IS NOT NULL AS cancel`,
      [id, done, total ?? null],
    );
    return row?.cancel ?? true;
  }

  async isCancelRequested({ id, data: { tenantId, period } }: FetchedJob): Promise<boolean> {
    if (period !== undefined) return false;
    const [row] = await this.database.read(
      (session) =>
        session.query<{ cancel: boolean }>(
          `SELECT cancel_requested_at IS NOT NULL AS cancel FROM background_jobs WHERE tenant_id = $1 AND id = $2`,
          [tenantId, id],
        ),
      { tenantId },
    );
    return row?.cancel ?? true;
  }

  async succeed({ id, tenantId, hasRecord }: StartedJob, result: unknown): Promise<void> {
    if (!hasRecord) return;
    await this.change(
      tenantId,
      `UPDATE background_jobs SET status = 'SUCCEEDED', finished_at = now(), result = $3, done = coalesce(total, done)
        WHERE tenant_id = $1 AND id = $2 AND status = 'RUNNING'`,
      [id, result === undefined ? null : JSON.stringify(result)],
    );
  }

  async fail({ id, tenantId, hasRecord }: StartedJob, reason: string): Promise<void> {
    if (hasRecord) await this.end(tenantId, id, 'FAILED', reason);
  }

  async cancelled({ id, tenantId, hasRecord }: StartedJob): Promise<void> {
    if (hasRecord) await this.end(tenantId, id, 'CANCELLED');
  }

  /** It waits for its next attempt. */
  async requeue({ id, tenantId, hasRecord }: StartedJob): Promise<void> {
    if (!hasRecord) return;
    await this.change(
      tenantId,
      `UPDATE background_jobs SET status = 'QUEUED' WHERE tenant_id = $1 AND id = $2 AND status = 'RUNNING'`,
      [id],
    );
  }

  async giveUp({ data: { tenantId, record } }: FetchedJob): Promise<void> {
    if (record !== undefined)
      await this.end(tenantId, record, 'FAILED', 'It was tried several times, without success.');
  }

  private async isDeleted(tenantId: string): Promise<boolean> {
    const present = await this.database.read(
      (session) => session.query('SELECT FROM tenants WHERE id = $1 AND deleted_at IS NULL', [tenantId]),
      { tenantId },
    );
    return present.length === 0;
  }

  private async end(tenantId: string, id: string, status: 'FAILED' | 'CANCELLED', error?: string): Promise<void> {
    await this.change(
      tenantId,
      `UPDATE background_jobs SET status = $3, finished_at = now(), error = $4
        WHERE tenant_id = $1 AND id = $2 AND status IN ('QUEUED', 'RUNNING')`,
      [id, status, error?.slice(0, LONGEST_ERROR) ?? null],
    );
  }

  private change<Row>(tenantId: string, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.database.transaction((tx) => tx.query<Row>(sql, [tenantId, ...parameters]), { tenantId });
  }
}
