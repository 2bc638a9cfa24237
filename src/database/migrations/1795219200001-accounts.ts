import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** People, tenants, and who may do what in which tenant. */
export class Accounts1795219200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Both are "trusted": the owner of the database may create them.
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
      CREATE EXTENSION IF NOT EXISTS btree_gin;

      -- After a local setting ends, Postgres returns '' and not NULL.
      CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;
      CREATE FUNCTION current_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('app.user_id', true), '')::uuid;

      -- Accounts belong to no tenant: one person may work in several.
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
        name text NOT NULL CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
        password_hash text NOT NULL CONSTRAINT users_password_hash_length CHECK (char_length(password_hash) <= 500),
        status text NOT NULL DEFAULT 'ACTIVE' CONSTRAINT users_status_known CHECK (status IN ('ACTIVE', 'DISABLED')),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX users_email_key ON users (lower(email));

      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        name text NOT NULL CONSTRAINT tenants_name_length CHECK (char_length(name) BETWEEN 1 AND 255),
        slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE
          CONSTRAINT tenants_slug_length CHECK (char_length(slug) BETWEEN 1 AND 100),
        owner_id uuid NOT NULL CONSTRAINT tenants_owner_fkey REFERENCES users (id),
        status text NOT NULL DEFAULT 'ACTIVE'
          CONSTRAINT tenants_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED', 'DELETED')),
        metadata jsonb NOT NULL DEFAULT '{}'
          CONSTRAINT tenants_metadata_object CHECK (jsonb_typeof(metadata) = 'object'),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX tenants_owner_idx ON tenants (owner_id);

      CREATE TABLE roles (
        tenant_id uuid NOT NULL CONSTRAINT roles_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        -- Set for the predefined ones, which every tenant has as rows; their permissions are in the code.
        key text CONSTRAINT roles_key_known CHECK (key IN ('viewer', 'analyst', 'manager', 'admin')),
        name text NOT NULL CONSTRAINT roles_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
        level smallint NOT NULL CONSTRAINT roles_level_known CHECK (level IN (0, 3, 6, 9)),
        permissions text[] CONSTRAINT roles_permissions_of_custom CHECK ((permissions IS NULL) = (key IS NOT NULL)),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE UNIQUE INDEX roles_name_key ON roles (tenant_id, lower(name));
      CREATE UNIQUE INDEX roles_key_key ON roles (tenant_id, key) WHERE key IS NOT NULL;

      CREATE TABLE memberships (
        tenant_id uuid NOT NULL CONSTRAINT memberships_tenant_fkey REFERENCES tenants (id),
        user_id uuid NOT NULL CONSTRAINT memberships_user_fkey REFERENCES users (id),
        role_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, user_id),
        CONSTRAINT memberships_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
      );
      CREATE INDEX memberships_role_idx ON memberships (tenant_id, role_id);
      -- The one index that does not lead with the tenant: a login asks for the tenants of a user.
      CREATE INDEX memberships_user_idx ON memberships (user_id, tenant_id);
    `);
    await runner.query(closeToOtherTenants('tenants', 'id'));
    await runner.query(closeToOtherTenants('roles'));
    await runner.query(closeToOtherTenants('memberships'));
    await runner.query(`
      CREATE POLICY own_memberships ON memberships FOR SELECT
        USING (user_id = (SELECT current_user_id()));
      CREATE POLICY tenants_of_member ON tenants FOR SELECT
        USING (id IN (SELECT tenant_id FROM memberships WHERE user_id = (SELECT current_user_id())));
    `);
  }

  /** The extensions stay: something else may use them. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY tenants_of_member ON tenants;
      DROP TABLE memberships, roles, tenants, users;
      DROP FUNCTION current_tenant(), current_user_id();
    `);
  }
}
