import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

const SETTLED = `'{MITIGATED,ACCEPTED,CLOSED}'`;

/** A change of risks as rows with a sign: what has entered the register and what has left it. */
const tallied = (rows: string): string => `
  INSERT INTO risk_tallies (tenant_id, severity, status, probability, impact, risks, score_hundredths, high)
  SELECT tenant_id, severity, status, probability, impact, sum(sign), sum(sign * round(score * 100)),
         coalesce(sum(sign) FILTER (WHERE score >= 15), 0)
    FROM (${rows}) AS moved
   WHERE deleted_at IS NULL
   GROUP BY 1, 2, 3, 4, 5
  HAVING sum(sign) <> 0 OR sum(sign * round(score * 100)) <> 0 OR sum(sign) FILTER (WHERE score >= 15) <> 0;

  INSERT INTO risk_dues (tenant_id, due_date, risks)
  SELECT tenant_id, due_date, sum(sign)
    FROM (${rows}) AS moved
   WHERE deleted_at IS NULL AND due_date IS NOT NULL AND status <> ALL (${SETTLED})
   GROUP BY 1, 2
  HAVING sum(sign) <> 0;`;

const columns = 'tenant_id, severity, status, probability, impact, score, due_date, deleted_at';
const entered = `SELECT 1 AS sign, ${columns} FROM new_risks`;
const left = `SELECT -1 AS sign, ${columns} FROM old_risks`;

/** What the register adds up to, kept with every change of a risk, so that a number costs the same however many risks there are. */
export class RegisterTallies1795219200016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Rows add up. Each statement that changes risks adds its difference, so that writers never wait for each other; a
      -- job makes one row of many.
      CREATE TABLE risk_tallies (
        tenant_id uuid NOT NULL,
        severity text NOT NULL,
        status text NOT NULL,
        probability smallint NOT NULL,
        impact smallint NOT NULL,
        risks integer NOT NULL,
        score_hundredths bigint NOT NULL,
        high integer NOT NULL
      );
      CREATE INDEX risk_tallies_tenant_idx ON risk_tallies (tenant_id);
      -- Those that are not settled, by the day they are due.
      CREATE TABLE risk_dues (tenant_id uuid NOT NULL, due_date date NOT NULL, risks integer NOT NULL);
      CREATE INDEX risk_dues_date_idx ON risk_dues (tenant_id, due_date) INCLUDE (risks);

      -- Filled by the owner, who is bound by row level security as well and has said no tenant.
      ALTER TABLE risks NO FORCE ROW LEVEL SECURITY;
      CREATE TEMPORARY TABLE new_risks ON COMMIT DROP AS SELECT ${columns} FROM risks;
      ALTER TABLE risks FORCE ROW LEVEL SECURITY;
      ${tallied(entered)}

      CREATE FUNCTION tally_risks() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN ${tallied(entered)}
        ELSIF TG_OP = 'UPDATE' THEN ${tallied(`${entered} UNION ALL ${left}`)}
        -- Risks are deleted for good only with their tenant, and nobody counts that.
        ELSIF EXISTS (SELECT FROM tenants WHERE id = (SELECT tenant_id FROM old_risks LIMIT 1) AND deleted_at IS NULL)
        THEN ${tallied(left)}
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER risks_tallied_insert AFTER INSERT ON risks REFERENCING NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION tally_risks();
      CREATE TRIGGER risks_tallied_update AFTER UPDATE ON risks REFERENCING OLD TABLE AS old_risks NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION tally_risks();
      CREATE TRIGGER risks_tallied_delete AFTER DELETE ON risks REFERENCING OLD TABLE AS old_risks
        FOR EACH STATEMENT EXECUTE FUNCTION tally_risks();

      -- One for each sort of the list.
      CREATE INDEX risks_title_idx ON risks (tenant_id, title, id) WHERE deleted_at IS NULL;
      CREATE INDEX risks_created_idx ON risks (tenant_id, created_at, id) WHERE deleted_at IS NULL;
      CREATE INDEX risks_due_or_never_idx ON risks (tenant_id, (coalesce(due_date, 'infinity')), id)
        WHERE deleted_at IS NULL;

      -- As of the start of the next day. Days that were kept without it are taken anew.
      TRUNCATE register_days;
      ALTER TABLE register_days ADD overdue integer NOT NULL;
    `);
    await runner.query(closeToOtherTenants('risk_tallies'));
    await runner.query(closeToOtherTenants('risk_dues'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE register_days DROP overdue;
      DROP INDEX risks_due_or_never_idx, risks_created_idx, risks_title_idx;
      DROP TRIGGER risks_tallied_delete ON risks;
      DROP TRIGGER risks_tallied_update ON risks;
      DROP TRIGGER risks_tallied_insert ON risks;
      DROP FUNCTION tally_risks();
      DROP TABLE risk_dues, risk_tallies;
    `);
  }
}
