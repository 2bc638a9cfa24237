import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What a risk is to become by its treatment; what a tenant calls its ratings, and from which score on a risk is how severe. */
export class RiskSettings1795219200014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE risks
        ADD residual_severity text CONSTRAINT risks_residual_severity_known
          CHECK (residual_severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
        ADD target_probability smallint
          CONSTRAINT risks_target_probability_range CHECK (target_probability BETWEEN 1 AND 5),
        ADD target_impact smallint CONSTRAINT risks_target_impact_range CHECK (target_impact BETWEEN 1 AND 5),
        ADD target_score double precision CONSTRAINT risks_target_score_range CHECK (target_score BETWEEN 0 AND 100),
        ADD target_severity text CONSTRAINT risks_target_severity_known
          CHECK (target_severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'));

      -- The owner is bound by row level security as well, and has said no tenant.
      ALTER TABLE risks NO FORCE ROW LEVEL SECURITY;
      UPDATE risks
         SET residual_severity = CASE WHEN residual_score >= 20 THEN 'CRITICAL' WHEN residual_score >= 15 THEN 'HIGH'
               WHEN residual_score >= 10 THEN 'MEDIUM' ELSE 'LOW' END
       WHERE residual_score IS NOT NULL;
      ALTER TABLE risks FORCE ROW LEVEL SECURITY;

      -- What has no score sorts below everything that has one.
      CREATE INDEX risks_residual_score_idx ON risks (tenant_id, (coalesce(residual_score, -1::float8)), id)
        WHERE deleted_at IS NULL;
      CREATE INDEX risks_target_score_idx ON risks (tenant_id, (coalesce(target_score, -1::float8)), id)
        WHERE deleted_at IS NULL;

      -- Every version, written once; the highest is in force. A tenant without any has the defaults, as version 1.
      CREATE TABLE risk_settings (
        tenant_id uuid NOT NULL CONSTRAINT risk_settings_tenant_fkey REFERENCES tenants (id),
        version integer NOT NULL CONSTRAINT risk_settings_version_positive CHECK (version >= 1),
        -- Null for the defaults, which nobody has chosen.
        at timestamptz(3),
        actor_id uuid,
        probability_labels text[] NOT NULL
          CONSTRAINT risk_settings_probability_labels_count CHECK (cardinality(probability_labels) = 5),
        impact_labels text[] NOT NULL
          CONSTRAINT risk_settings_impact_labels_count CHECK (cardinality(impact_labels) = 5),
        -- From LOW to CRITICAL.
        severity_labels text[] NOT NULL
          CONSTRAINT risk_settings_severity_labels_count CHECK (cardinality(severity_labels) = 4),
        medium_from double precision NOT NULL,
        high_from double precision NOT NULL,
        critical_from double precision NOT NULL,
        PRIMARY KEY (tenant_id, version),
        CONSTRAINT risk_settings_thresholds_rise CHECK (
          0.8 <= medium_from AND medium_from < high_from AND high_from < critical_from AND critical_from <= 37.5)
      );
    `);
    await runner.query(closeToOtherTenants('risk_settings'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE risk_settings;
      ALTER TABLE risks DROP residual_severity, DROP target_probability, DROP target_impact, DROP target_score,
        DROP target_severity;
    `);
  }
}
