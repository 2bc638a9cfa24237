import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/**
 * How people and programs prove who they are. Secrets are stored as SHA-256: they are random, nobody can guess them. All
 * belong to a membership and end with it.
 */
export class Credentials1795219200004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Raised when somebody ends all of their sessions but one: what was opened before opens nothing any more.
      ALTER TABLE users ADD session_epoch integer NOT NULL DEFAULT 0;

      CREATE TABLE sessions (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        epoch integer NOT NULL DEFAULT 0,
        address text NOT NULL DEFAULT '' CONSTRAINT sessions_address_length CHECK (char_length(address) <= 64),
        user_agent text NOT NULL DEFAULT '' CONSTRAINT sessions_user_agent_length CHECK (char_length(user_agent) <= 300),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_used_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT sessions_member_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_user_idx ON sessions (tenant_id, user_id, created_at);
      -- Like memberships: somebody lists their own sessions, whatever the tenant.
      CREATE INDEX sessions_of_user_idx ON sessions (user_id, tenant_id);

      -- Each is used once. One that comes twice was stolen, from the one or the other: its session ends.
      CREATE TABLE refresh_tokens (
        tenant_id uuid NOT NULL,
        secret_hash bytea NOT NULL CONSTRAINT refresh_tokens_secret_hash_length CHECK (octet_length(secret_hash) = 32),
        session_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        used_at timestamptz(3),
        PRIMARY KEY (tenant_id, secret_hash),
        CONSTRAINT refresh_tokens_session_fkey FOREIGN KEY (tenant_id, session_id)
          REFERENCES sessions (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (tenant_id, session_id);

      CREATE TABLE api_tokens (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        name text NOT NULL CONSTRAINT api_tokens_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
        secret_hash bytea NOT NULL CONSTRAINT api_tokens_secret_hash_length CHECK (octet_length(secret_hash) = 32),
        -- What it is narrowed to, each resource:action:scope; null: whatever its user may do at the time.
        grants text[] CONSTRAINT api_tokens_grants_count CHECK (cardinality(grants) <= 200),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        expires_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT api_tokens_member_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX api_tokens_user_idx ON api_tokens (tenant_id, user_id, created_at);

      -- Of no tenant: each opens an installation that has none yet.
      CREATE TABLE setup_tokens (
        secret_hash bytea PRIMARY KEY CONSTRAINT setup_tokens_secret_hash_length CHECK (octet_length(secret_hash) = 32),
        expires_at timestamptz(3) NOT NULL
      );
    `);
    for (const table of ['sessions', 'refresh_tokens', 'api_tokens']) await runner.query(closeToOtherTenants(table));
    await runner.query(`
      CREATE POLICY own_sessions ON sessions FOR SELECT USING (user_id = (SELECT current_user_id()));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE setup_tokens, api_tokens, refresh_tokens, sessions');
  }
}
