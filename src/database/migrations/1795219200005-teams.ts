import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** Teams, invitations, members that are switched off, tenants that end; and which tenants there are, for background work. */
export class Teams1795219200005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE memberships
        ADD status text NOT NULL DEFAULT 'ACTIVE'
          CONSTRAINT memberships_status_known CHECK (status IN ('ACTIVE', 'DISABLED')),
        ADD version integer NOT NULL DEFAULT 1 CONSTRAINT memberships_version_positive CHECK (version >= 1);

      -- Each of the permissions is resource:action:scope.
      ALTER TABLE roles
        ADD description text NOT NULL DEFAULT '' CONSTRAINT roles_description_length CHECK (char_length(description) <= 1000),
        ADD version integer NOT NULL DEFAULT 1 CONSTRAINT roles_version_positive CHECK (version >= 1),
        ADD updated_at timestamptz(3) NOT NULL DEFAULT now(),
        ADD CONSTRAINT roles_permissions_count CHECK (cardinality(permissions) <= 200);

      ALTER TABLE tenants
        ADD version integer NOT NULL DEFAULT 1 CONSTRAINT tenants_version_positive CHECK (version >= 1),
        ADD updated_at timestamptz(3) NOT NULL DEFAULT now(),
        ADD deleted_at timestamptz(3),
        ADD CONSTRAINT tenants_deleted_since CHECK ((status = 'DELETED') = (deleted_at IS NOT NULL));

      CREATE TABLE teams (
        tenant_id uuid NOT NULL CONSTRAINT teams_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        name text NOT NULL CONSTRAINT teams_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
        description text NOT NULL DEFAULT '' CONSTRAINT teams_description_length CHECK (char_length(description) <= 1000),
        version integer NOT NULL DEFAULT 1 CONSTRAINT teams_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE UNIQUE INDEX teams_name_key ON teams (tenant_id, lower(name));

      CREATE TABLE team_members (
        tenant_id uuid NOT NULL,
        team_id uuid NOT NULL,
        user_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, team_id, user_id),
        CONSTRAINT team_members_team_fkey FOREIGN KEY (tenant_id, team_id)
          REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT team_members_member_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX team_members_user_idx ON team_members (tenant_id, user_id);

      CREATE TABLE invitations (
        tenant_id uuid NOT NULL CONSTRAINT invitations_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        email text NOT NULL CONSTRAINT invitations_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
        role_id uuid NOT NULL,
        invited_by uuid,
        secret_hash bytea NOT NULL CONSTRAINT invitations_secret_hash_length CHECK (octet_length(secret_hash) = 32),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        accepted_at timestamptz(3),
        revoked_at timestamptz(3),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT invitations_role_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
        CONSTRAINT invitations_inviter_fkey FOREIGN KEY (tenant_id, invited_by)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (invited_by)
      );
      CREATE INDEX invitations_list_idx ON invitations (tenant_id, created_at, id);
      CREATE UNIQUE INDEX invitations_open_key ON invitations (tenant_id, lower(email))
        WHERE accepted_at IS NULL AND revoked_at IS NULL;

      -- Ids and nothing else, for work that goes from tenant to tenant: no row of a tenant can be seen without its context.
      CREATE TABLE tenant_directory (
        id uuid PRIMARY KEY CONSTRAINT tenant_directory_tenant_fkey REFERENCES tenants (id) ON DELETE CASCADE
      );
      ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
      INSERT INTO tenant_directory (id) SELECT id FROM tenants;
      ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
    `);
    for (const table of ['teams', 'team_members', 'invitations']) await runner.query(closeToOtherTenants(table));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE tenant_directory, invitations, team_members, teams;
      ALTER TABLE tenants DROP CONSTRAINT tenants_deleted_since, DROP deleted_at, DROP updated_at, DROP version;
      ALTER TABLE roles DROP CONSTRAINT roles_permissions_count, DROP updated_at, DROP version, DROP description;
      ALTER TABLE memberships DROP version, DROP status;
    `);
  }
}
