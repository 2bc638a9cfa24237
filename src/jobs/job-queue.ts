import { Injectable, Logger } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { DatabaseConfig } from '../database/database.config';
import type { Transaction } from '../database/session';
import type { QueueName } from './durable-job.decorator';

/** All that a queue holds of a job: ids, never anything of a tenant. */
export interface QueuedJob {
  readonly kind: string;
  readonly tenantId: string;
  /** Milliseconds since the epoch; undefined for a job that somebody has started. */
  readonly period?: number;
  /** What the tenant sees of it; undefined for a job of a period. */
  readonly record?: string;
}

export type FetchedJob = Pick<PgBoss.JobWithMetadata<QueuedJob>, 'id' | 'name' | 'data' | 'retryCount'>;

export interface NewJob {
  readonly id: string;
  readonly queue: QueueName;
  readonly data: QueuedJob;
  /** Not worked on before. */
  readonly startAfter?: Date;
}

const MAINTENANCE_INTERVAL_SECONDS = 15;
const CONNECTIONS = 2;

/** As pg-boss fetches one; $1 queue, $2 tenants whose jobs wait. */
const FETCH = `
  WITH next AS (
    SELECT id FROM pgboss.job
     WHERE name = $1 AND state < 'active' AND start_after < now() AND data ->> 'tenantId' <> ALL ($2::text[])
     ORDER BY priority DESC, created_on, id
     LIMIT 1
     FOR UPDATE SKIP LOCKED)
  UPDATE pgboss.job j
     SET state = 'active', started_on = now(),
         retry_count = CASE WHEN started_on IS NULL THEN retry_count ELSE retry_count + 1 END
    FROM next
   WHERE j.name = $1 AND j.id = next.id
  RETURNING j.id, j.name, j.data, j.retry_count AS "retryCount"`;

/** pg-boss, with a small pool of its own: a full pool of requests must not hold up heartbeats. */
@Injectable()
export class JobQueue {
  private readonly boss: PgBoss;

  constructor(config: DatabaseConfig) {
    const connection = {
      connectionString: config.applicationUrl,
      application_name: 'openrisk jobs',
      max: CONNECTIONS,
      connectionTimeoutMillis: config.acquireTimeoutMs,
      query_timeout: 30_000,
    };
    this.boss = new PgBoss({
      ...connection,
      migrate: false,
      schedule: false,
      maintenanceIntervalSeconds: MAINTENANCE_INTERVAL_SECONDS,
      // A period's job is made once as long as it is remembered.
      archiveCompletedAfterSeconds: 3 * 86_400,
      deleteAfterDays: 14,
    });
    const logger = new Logger('Jobs');
    this.boss.on('error', (error) => logger.warn(`The job queue: ${error.message}`));
  }

  async open(): Promise<void> {
    await this.boss.start();
  }

  /** What is still fetched is handed back. */
  async close(): Promise<void> {
    await this.boss.stop({ graceful: false, close: true });
  }

  /** Part of the transaction: the job is there when that commits. One with the same id is not made again. */
  async add(tx: Transaction, { id, queue, data, startAfter }: NewJob): Promise<void> {
    const db = {
      executeSql: async (sql: string, values: unknown[]) => ({ rows: await tx.query<object>(sql, values) }),
    };
    await this.boss.send(queue, data, { id, db, ...(startAfter ? { startAfter } : {}) });
  }

  /** Those whose ids are known already are not made again. */
  async addMany(jobs: readonly NewJob[]): Promise<void> {
    await this.boss.insert(jobs.map(({ id, queue, data }) => ({ id, name: queue, data })));
  }

  /**
   * Undefined when there is none, or when Postgres is out of reach.
   *
   * @param exceptTenants ids of those whose jobs stay where they are
   */
  async fetch(queue: QueueName | 'given-up', exceptTenants: readonly string[] = []): Promise<FetchedJob | undefined> {
    try {
      const { rows } = await this.boss.getDb().executeSql(FETCH, [queue, exceptTenants]);
      return rows[0] as FetchedJob | undefined;
    } catch {
      return undefined;
    }
  }

  /** @returns false when the job is no longer this process's */
  async keepAlive({ name, id, retryCount }: FetchedJob): Promise<boolean> {
    const { rows } = await this.boss.getDb().executeSql(
      `UPDATE pgboss.job SET started_on = now()
        WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 RETURNING id`,
      [name, id, retryCount],
    );
    return rows.length > 0;
  }

  async complete({ name, id }: FetchedJob): Promise<void> {
    await this.boss.complete(name, id);
  }

  /** It is tried again later, or goes to the given-up ones when it has been tried often enough. */
  async fail({ name, id }: FetchedJob, error: unknown): Promise<void> {
    await this.boss.fail(name, id, { message: error instanceof Error ? error.message : String(error) });
  }

  /** Takes back a job that nobody works on yet. */
  async cancel(tx: Transaction, queue: QueueName, id: string): Promise<void> {
    const db = {
      executeSql: async (sql: string, values: unknown[]) => ({ rows: await tx.query<object>(sql, values) }),
    };
    await this.boss.cancel(queue, id, { db });
  }

  /** Jobs that wait, by queue. */
  waiting(queue: QueueName): Promise<number> {
    return this.boss.getQueueSize(queue);
  }
}
