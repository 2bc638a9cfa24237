import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** The risk register: assets, risks, and which risk threatens which asset. */
export class Register1795219200002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE assets (
        tenant_id uuid NOT NULL CONSTRAINT assets_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        name text NOT NULL CONSTRAINT assets_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
        type text NOT NULL CONSTRAINT assets_type_length CHECK (char_length(type) <= 100),
        criticality text NOT NULL DEFAULT 'MEDIUM'
          CONSTRAINT assets_criticality_known CHECK (criticality IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
        owner_id uuid,
        source text NOT NULL DEFAULT 'MANUAL' CONSTRAINT assets_source_length CHECK (char_length(source) BETWEEN 1 AND 100),
        version integer NOT NULL DEFAULT 1 CONSTRAINT assets_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT assets_owner_fkey FOREIGN KEY (tenant_id, owner_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (owner_id)
      );
      CREATE INDEX assets_name_idx ON assets (tenant_id, name, id);
      CREATE INDEX assets_owner_idx ON assets (tenant_id, owner_id) WHERE owner_id IS NOT NULL;

      CREATE TABLE risks (
        tenant_id uuid NOT NULL CONSTRAINT risks_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        title text NOT NULL CONSTRAINT risks_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
        description text NOT NULL DEFAULT ''
          CONSTRAINT risks_description_length CHECK (char_length(description) <= 20000),
        category text CONSTRAINT risks_category_length CHECK (char_length(category) BETWEEN 1 AND 100),
        probability smallint NOT NULL CONSTRAINT risks_probability_range CHECK (probability BETWEEN 1 AND 5),
        impact smallint NOT NULL CONSTRAINT risks_impact_range CHECK (impact BETWEEN 1 AND 5),
        -- Two decimals, but not numeric: row level security keeps comparisons that are not leakproof, numeric's among
        -- them, out of index conditions, and then a page deep in the list costs as much as the whole list.
        score double precision NOT NULL CONSTRAINT risks_score_range CHECK (score BETWEEN 0 AND 100),
        severity text NOT NULL
          CONSTRAINT risks_severity_known CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
        residual_probability smallint
          CONSTRAINT risks_residual_probability_range CHECK (residual_probability BETWEEN 1 AND 5),
        residual_impact smallint CONSTRAINT risks_residual_impact_range CHECK (residual_impact BETWEEN 1 AND 5),
        residual_score double precision CONSTRAINT risks_residual_score_range CHECK (residual_score BETWEEN 0 AND 100),
        status text NOT NULL DEFAULT 'DRAFT' CONSTRAINT risks_status_known CHECK (status IN ('DRAFT', 'IDENTIFIED',
          'ASSESSED', 'TREATMENT_PLANNED', 'IN_TREATMENT', 'MITIGATED', 'ACCEPTED', 'CLOSED', 'REOPENED')),
        treatment text
          CONSTRAINT risks_treatment_known CHECK (treatment IN ('ACCEPT', 'MITIGATE', 'TRANSFER', 'AVOID')),
        owner_id uuid,
        assignee_id uuid,
        due_date date,
        next_review_at date,
        tags text[] NOT NULL DEFAULT '{}' CONSTRAINT risks_tags_count CHECK (cardinality(tags) <= 50),
        frameworks text[] NOT NULL DEFAULT '{}'
          CONSTRAINT risks_frameworks_count CHECK (cardinality(frameworks) <= 50),
        source text NOT NULL DEFAULT 'MANUAL'
          CONSTRAINT risks_source_known CHECK (source IN ('MANUAL', 'IMPORT', 'CONNECTOR')),
        external_id text CONSTRAINT risks_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 255),
        custom_fields jsonb NOT NULL DEFAULT '{}'
          CONSTRAINT risks_custom_fields_object CHECK (jsonb_typeof(custom_fields) = 'object'),
        version integer NOT NULL DEFAULT 1 CONSTRAINT risks_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3),
        -- 'simple': registers are written in many languages and full of names (CVE-2024-3094, IT, SAP), which a
        -- language's stemmer would bend and its stop words drop. Typing errors are the trigram index's business.
        search tsvector NOT NULL GENERATED ALWAYS AS (
          setweight(to_tsvector('simple', title), 'A')
          || setweight(to_tsvector('simple', description), 'B')
          || setweight(to_tsvector('simple', coalesce(category, '') || ' ' || coalesce(external_id, '')), 'C')
        ) STORED,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT risks_owner_fkey FOREIGN KEY (tenant_id, owner_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (owner_id),
        CONSTRAINT risks_assignee_fkey FOREIGN KEY (tenant_id, assignee_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (assignee_id)
      );
      CREATE UNIQUE INDEX risks_external_id_key ON risks (tenant_id, source, external_id) WHERE external_id IS NOT NULL;
      CREATE INDEX risks_score_idx ON risks (tenant_id, score, id) WHERE deleted_at IS NULL;
      -- Counts, and the first few of each cell of the matrix, without a look at the table.
      CREATE INDEX risks_rating_idx ON risks (tenant_id, probability, impact, score, id) INCLUDE (created_at)
        WHERE deleted_at IS NULL;
      CREATE INDEX risks_updated_idx ON risks (tenant_id, updated_at, id);
      CREATE INDEX risks_owner_idx ON risks (tenant_id, owner_id) WHERE owner_id IS NOT NULL;
      CREATE INDEX risks_assignee_idx ON risks (tenant_id, assignee_id) WHERE assignee_id IS NOT NULL;
      CREATE INDEX risks_due_idx ON risks (tenant_id, due_date, id) WHERE deleted_at IS NULL AND due_date IS NOT NULL;

      CREATE TABLE risk_assets (
        tenant_id uuid NOT NULL,
        risk_id uuid NOT NULL,
        asset_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, risk_id, asset_id),
        CONSTRAINT risk_assets_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT risk_assets_asset_fkey FOREIGN KEY (tenant_id, asset_id)
          REFERENCES assets (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX risk_assets_asset_idx ON risk_assets (tenant_id, asset_id, risk_id);
    `);
    await runner.query(closeToOtherTenants('assets'));
    await runner.query(closeToOtherTenants('risks'));
    await runner.query(closeToOtherTenants('risk_assets'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE risk_assets, risks, assets`);
  }
}
