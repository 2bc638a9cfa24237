import PgBoss from 'pg-boss';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/**
 * Work that survives a restart. The queues are pg-boss's, in a schema of their own; they carry ids only. What a tenant
 * sees of its jobs is a tenant table like any other.
 */
export class Jobs1795219200008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(withoutTransaction(PgBoss.getConstructionPlans('pgboss')));
    for (const [queue, options] of Object.entries(queues)) {
      await runner.query('SELECT pgboss.create_queue($1, $2)', [queue, JSON.stringify(options)]);
    }
    await runner.query(`
      CREATE TABLE background_jobs (
        tenant_id uuid NOT NULL CONSTRAINT background_jobs_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT background_jobs_kind_length CHECK (char_length(kind) BETWEEN 1 AND 100),
        status text NOT NULL DEFAULT 'QUEUED' CONSTRAINT background_jobs_status_known
          CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
        parameters jsonb NOT NULL DEFAULT '{}',
        done integer NOT NULL DEFAULT 0 CONSTRAINT background_jobs_done_positive CHECK (done >= 0),
        total integer CONSTRAINT background_jobs_total_positive CHECK (total >= 0),
        result jsonb,
        error text CONSTRAINT background_jobs_error_length CHECK (char_length(error) <= 2000),
        created_by uuid,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        cancel_requested_at timestamptz(3),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT background_jobs_creator_fkey FOREIGN KEY (tenant_id, created_by)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (created_by)
      );
      CREATE INDEX background_jobs_list_idx ON background_jobs (tenant_id, created_at, id);
    `);
    await runner.query(closeToOtherTenants('background_jobs'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE background_jobs; DROP SCHEMA pgboss CASCADE');
  }
}

/** A job whose process has died is taken up again once its heartbeat is older than `expireInSeconds`. */
const life = { retryLimit: 5, retryDelay: 5, retryBackoff: true, expireInSeconds: 60, retentionMinutes: 20_160 };
const queues = {
  'given-up': { ...life, expireInSeconds: 60 },
  short: { ...life, deadLetter: 'given-up' },
  long: { ...life, deadLetter: 'given-up' },
};

/** A migration has a transaction of its own. */
function withoutTransaction(plan: string): string {
  const statements = /^\s*BEGIN;([\s\S]*)COMMIT;\s*$/.exec(plan)?.[1];
  if (statements === undefined) throw new Error('The construction plan of pg-boss is not what this migration expects');
  return statements;
}
