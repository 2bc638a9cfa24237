import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What a tenant adds to its risks: fields of its own, and what its people say. */
export class CustomFields1795219200011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE custom_fields (
        tenant_id uuid NOT NULL CONSTRAINT custom_fields_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        key text NOT NULL CONSTRAINT custom_fields_key_length CHECK (char_length(key) BETWEEN 1 AND 64),
        label text NOT NULL CONSTRAINT custom_fields_label_length CHECK (char_length(label) BETWEEN 1 AND 100),
        type text NOT NULL CONSTRAINT custom_fields_type_known
          CHECK (type IN ('text', 'textarea', 'number', 'choice', 'date', 'checkbox')),
        required boolean NOT NULL DEFAULT false,
        min double precision,
        max double precision,
        pattern text CONSTRAINT custom_fields_pattern_length CHECK (char_length(pattern) <= 200),
        choices text[] NOT NULL DEFAULT '{}' CONSTRAINT custom_fields_choices_count CHECK (cardinality(choices) <= 100),
        position integer NOT NULL DEFAULT 0,
        version integer NOT NULL DEFAULT 1 CONSTRAINT custom_fields_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT custom_fields_key_key UNIQUE (tenant_id, key)
      );

      CREATE TABLE risk_comments (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        risk_id uuid NOT NULL,
        -- No foreign key: what was said stays when whoever said it has left.
        author_id uuid NOT NULL,
        text text NOT NULL CONSTRAINT risk_comments_text_length CHECK (char_length(text) BETWEEN 1 AND 10000),
        version integer NOT NULL DEFAULT 1 CONSTRAINT risk_comments_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT risk_comments_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX risk_comments_risk_idx ON risk_comments (tenant_id, risk_id, created_at, id);
    `);
    await runner.query(closeToOtherTenants('custom_fields'));
    await runner.query(closeToOtherTenants('risk_comments'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE risk_comments, custom_fields`);
  }
}
