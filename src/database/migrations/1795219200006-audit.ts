import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** Who did what, or was refused it. The application may add to it and read it, nothing else; nor may its owner. */
export class Audit1795219200006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_log (
        tenant_id uuid NOT NULL CONSTRAINT audit_log_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        -- No foreign keys: what happened stays written when who did it is gone.
        actor_id uuid,
        session_id uuid,
        api_token_id uuid,
        action text NOT NULL CONSTRAINT audit_log_action_length CHECK (char_length(action) BETWEEN 1 AND 100),
        resource text NOT NULL CONSTRAINT audit_log_resource_length CHECK (char_length(resource) BETWEEN 1 AND 100),
        resource_id text CONSTRAINT audit_log_resource_id_length CHECK (char_length(resource_id) <= 200),
        outcome text NOT NULL CONSTRAINT audit_log_outcome_known CHECK (outcome IN ('SUCCESS', 'DENIED', 'FAILURE')),
        request_id text CONSTRAINT audit_log_request_id_length CHECK (char_length(request_id) <= 200),
        address text CONSTRAINT audit_log_address_length CHECK (char_length(address) <= 64),
        details jsonb NOT NULL DEFAULT '{}'
          CONSTRAINT audit_log_details_object CHECK (jsonb_typeof(details) = 'object'),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE INDEX audit_log_list_idx ON audit_log (tenant_id, at, id);
      CREATE INDEX audit_log_actor_idx ON audit_log (tenant_id, actor_id, at, id);
      CREATE INDEX audit_log_resource_idx ON audit_log (tenant_id, resource, resource_id, at, id);

      -- One for each entry, in the order of sealing; each hash covers its entry and the hash before it.
      CREATE TABLE audit_seals (
        tenant_id uuid NOT NULL CONSTRAINT audit_seals_tenant_fkey REFERENCES tenants (id),
        position bigint NOT NULL CONSTRAINT audit_seals_position_positive CHECK (position >= 1),
        entry_id uuid NOT NULL,
        sealed_at timestamptz(3) NOT NULL,
        hash bytea NOT NULL CONSTRAINT audit_seals_hash_length CHECK (octet_length(hash) = 32),
        PRIMARY KEY (tenant_id, position),
        CONSTRAINT audit_seals_entry_key UNIQUE (tenant_id, entry_id)
      );

      -- Written with each entry and gone with its seal: what is still to be sealed is known exactly, whatever the clocks say.
      CREATE TABLE audit_unsealed (
        tenant_id uuid NOT NULL,
        entry_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, entry_id)
      );

      CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM tenants WHERE id = OLD.tenant_id AND status = 'DELETED') THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
      END $$;
    `);
    for (const table of ['audit_log', 'audit_seals']) {
      await runner.query(closeToOtherTenants(table));
      // Privileges do not bind the owner, these do. Only a deleted tenant takes its log along.
      await runner.query(`
        CREATE TRIGGER ${table}_unchanged BEFORE UPDATE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();
        CREATE TRIGGER ${table}_undeleted BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION keep_audit();
      `);
    }
    await runner.query(closeToOtherTenants('audit_unsealed'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_unsealed, audit_seals, audit_log; DROP FUNCTION keep_audit');
  }
}
