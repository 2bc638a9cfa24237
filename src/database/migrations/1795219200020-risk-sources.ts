import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

const actions = (known: string): string => `
  ALTER TABLE risk_history DROP CONSTRAINT risk_history_action_known;
  ALTER TABLE risk_history ADD CONSTRAINT risk_history_action_known CHECK (action IN (${known}));`;
const earlier = `'CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'TRANSITIONED', 'IMPORTED'`;

/** Which connector says what about which risk, and what it said last. */
export class RiskSources1795219200020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE risk_sources (
        tenant_id uuid NOT NULL,
        -- The connector's slug: an installation that is made anew goes on with what the one before it brought.
        connector text NOT NULL CONSTRAINT risk_sources_connector_length CHECK (char_length(connector) BETWEEN 1 AND 100),
        kind text NOT NULL CONSTRAINT risk_sources_kind_known CHECK (kind IN ('RISK', 'LIKELIHOOD')),
        external_id text NOT NULL
          CONSTRAINT risk_sources_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 255),
        risk_id uuid NOT NULL,
        -- As the source said it last. What differs from it here was changed here.
        brought jsonb NOT NULL,
        first_seen_at timestamptz(3) NOT NULL DEFAULT statement_timestamp(),
        last_seen_at timestamptz(3) NOT NULL DEFAULT statement_timestamp(),
        last_run_id uuid NOT NULL,
        vanished_at timestamptz(3),
        PRIMARY KEY (tenant_id, connector, kind, external_id, risk_id),
        CONSTRAINT risk_sources_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX risk_sources_risk_key ON risk_sources (tenant_id, connector, external_id) WHERE kind = 'RISK';
      CREATE INDEX risk_sources_risk_idx ON risk_sources (tenant_id, risk_id);

      -- A column: a comparison with a field inside of JSON is none that row level security lets an index answer.
      ALTER TABLE risks ADD COLUMN cve_id text GENERATED ALWAYS AS (
        CASE WHEN custom_fields ->> 'cveId' LIKE 'CVE-%' THEN left(custom_fields ->> 'cveId', 30) END) STORED;
      CREATE INDEX risks_cve_idx ON risks (tenant_id, cve_id) WHERE cve_id IS NOT NULL;
    `);
    await runner.query(actions(`${earlier}, 'SYNCED'`));
    await runner.query(closeToOtherTenants('risk_sources'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE risk_history NO FORCE ROW LEVEL SECURITY;
      UPDATE risk_history SET action = 'IMPORTED' WHERE action = 'SYNCED';
      ALTER TABLE risk_history FORCE ROW LEVEL SECURITY;
    `);
    await runner.query(actions(earlier));
    await runner.query(`
      DROP INDEX risks_cve_idx;
      ALTER TABLE risks DROP COLUMN cve_id;
      DROP TABLE risk_sources;
    `);
  }
}
