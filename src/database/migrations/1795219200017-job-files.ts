import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What a job works on, and what it leaves, in parts that fit into memory. */
export class JobFiles1795219200017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE job_files (
        tenant_id uuid NOT NULL,
        job_id uuid NOT NULL,
        kind text NOT NULL CONSTRAINT job_files_kind_known CHECK (kind IN ('INPUT', 'RESULT')),
        part integer NOT NULL CONSTRAINT job_files_part_positive CHECK (part >= 0),
        bytes bytea NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, job_id, kind, part),
        CONSTRAINT job_files_job_fkey FOREIGN KEY (tenant_id, job_id)
          REFERENCES background_jobs (tenant_id, id) ON DELETE CASCADE
      );
    `);
    await runner.query(closeToOtherTenants('job_files'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE job_files`);
  }
}
