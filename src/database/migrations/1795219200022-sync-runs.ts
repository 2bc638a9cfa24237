import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

const count = (name: string): string =>
  `${name} integer NOT NULL DEFAULT 0 CONSTRAINT sync_runs_${name}_positive CHECK (${name} >= 0)`;

const life = { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 60, retentionMinutes: 20_160 };

/** Each time that an app fetched, or was to fetch, what its source has. */
export class SyncRuns1795219200022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // As the queues before it: one that waits for servers of others must not hold up the others.
    const queue = { ...life, deadLetter: 'given-up' };
    await runner.query('SELECT pgboss.create_queue($1, $2)', ['sync', JSON.stringify(queue)]);
    await runner.query(`
      CREATE TABLE sync_runs (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        app_id uuid NOT NULL,
        -- The one that works on it, or will; another one after each failed attempt.
        job_id uuid NOT NULL,
        started_by text NOT NULL
          CONSTRAINT sync_runs_started_by_known CHECK (started_by IN ('MANUAL', 'SCHEDULE')),
        created_by uuid,
        status text NOT NULL DEFAULT 'QUEUED' CONSTRAINT sync_runs_status_known
          CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
        -- Counts each beginning. Who has begun earlier, and believes to be at it still, stores nothing any more.
        beginning integer NOT NULL DEFAULT 0,
        -- In a row, without anything stored in between.
        failed_attempts integer NOT NULL DEFAULT 0,
        retry_at timestamptz(3),
        checkpoint text CONSTRAINT sync_runs_checkpoint_length CHECK (char_length(checkpoint) <= 2000),
        total integer CONSTRAINT sync_runs_total_positive CHECK (total >= 0),
        ${['read', 'created', 'updated', 'unchanged', 'skipped', 'failed', 'vanished'].map(count).join(',\n')},
        failures jsonb NOT NULL DEFAULT '[]',
        error text CONSTRAINT sync_runs_error_length CHECK (char_length(error) <= 2000),
        created_at timestamptz(3) NOT NULL DEFAULT statement_timestamp(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT sync_runs_app_fkey FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT sync_runs_creator_fkey FOREIGN KEY (tenant_id, created_by)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (created_by)
      );
      -- One at a time.
      CREATE UNIQUE INDEX sync_runs_live_key ON sync_runs (tenant_id, app_id) WHERE status IN ('QUEUED', 'RUNNING');
      CREATE INDEX sync_runs_app_idx ON sync_runs (tenant_id, app_id, created_at, id);
    `);
    await runner.query(closeToOtherTenants('sync_runs'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sync_runs; SELECT pgboss.delete_queue('sync')`);
  }
}
