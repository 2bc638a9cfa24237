import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What the register of a tenant was at the end of a day. */
export class RegisterDays1795219200015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE register_days (
        tenant_id uuid NOT NULL CONSTRAINT register_days_tenant_fkey REFERENCES tenants (id),
        day date NOT NULL,
        -- Of each severity and status that had risks: how many, their scores, how many of them high.
        tallies jsonb NOT NULL,
        created integer NOT NULL,
        closed integer NOT NULL,
        taken_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, day)
      );
      -- For what was done by day.
      CREATE INDEX mitigations_completed_idx ON mitigations (tenant_id, completed_at) WHERE completed_at IS NOT NULL;
    `);
    await runner.query(closeToOtherTenants('register_days'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX mitigations_completed_idx; DROP TABLE register_days`);
  }
}
