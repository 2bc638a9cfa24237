import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pages of all mitigations, newest first or by due date, cost the same however many there are. */
export class MitigationLists1795219200012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX mitigations_created_idx ON mitigations (tenant_id, created_at, id);
      CREATE INDEX mitigations_due_idx ON mitigations (tenant_id, coalesce(due_date, 'infinity'), id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mitigations_created_idx, mitigations_due_idx');
  }
}
