import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** A change of risks by what they have in common: a risk is in one category and with one owner, or in none, and in each of its frameworks. */
const grouped = (rows: string): string => `
  INSERT INTO risk_groups (tenant_id, grouping, key, risks, score_hundredths)
  SELECT moved.tenant_id, g.grouping, g.key, sum(sign), sum(sign * round(score * 100))
    FROM (${rows}) AS moved
   CROSS JOIN LATERAL (
     SELECT 'category' AS grouping, moved.category AS key
      UNION ALL SELECT 'owner', moved.owner_id::text
      UNION ALL SELECT 'framework', name FROM unnest(moved.frameworks) AS f (name)) AS g
   WHERE deleted_at IS NULL
   GROUP BY 1, 2, 3
  HAVING sum(sign) <> 0 OR sum(sign * round(score * 100)) <> 0;`;

const columns = 'tenant_id, category, owner_id, frameworks, score, deleted_at';
const entered = `SELECT 1 AS sign, ${columns} FROM new_risks`;
const left = `SELECT -1 AS sign, ${columns} FROM old_risks`;

/** Of categories, owners and frameworks what `risk_tallies` are of severities, statuses and ratings. */
export class RiskGroups1795219200025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE risk_groups (
        tenant_id uuid NOT NULL,
        grouping text NOT NULL CONSTRAINT risk_groups_grouping_known CHECK (grouping IN ('category', 'owner', 'framework')),
        -- Null: without.
        key text,
        risks integer NOT NULL,
        score_hundredths bigint NOT NULL
      );
      CREATE INDEX risk_groups_grouping_idx ON risk_groups (tenant_id, grouping);

      -- Filled by the owner, who is bound by row level security as well and has said no tenant.
      ALTER TABLE risks NO FORCE ROW LEVEL SECURITY;
      ${grouped(`SELECT 1 AS sign, ${columns} FROM risks`)}
      ALTER TABLE risks FORCE ROW LEVEL SECURITY;

      CREATE FUNCTION group_risks() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN ${grouped(entered)}
        ELSIF TG_OP = 'UPDATE' THEN ${grouped(`${entered} UNION ALL ${left}`)}
        -- Risks are deleted for good only with their tenant, and nobody counts that.
        ELSIF EXISTS (SELECT FROM tenants WHERE id = (SELECT tenant_id FROM old_risks LIMIT 1) AND deleted_at IS NULL)
        THEN ${grouped(left)}
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER risks_grouped_insert AFTER INSERT ON risks REFERENCING NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION group_risks();
      CREATE TRIGGER risks_grouped_update AFTER UPDATE ON risks REFERENCING OLD TABLE AS old_risks NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION group_risks();
      CREATE TRIGGER risks_grouped_delete AFTER DELETE ON risks REFERENCING OLD TABLE AS old_risks
        FOR EACH STATEMENT EXECUTE FUNCTION group_risks();
    `);
    await runner.query(closeToOtherTenants('risk_groups'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER risks_grouped_delete ON risks;
      DROP TRIGGER risks_grouped_update ON risks;
      DROP TRIGGER risks_grouped_insert ON risks;
      DROP FUNCTION group_risks();
      DROP TABLE risk_groups;
    `);
  }
}
