import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What a member has asked for under an `Idempotency-Key`, and what came of it, for a day. */
export class IdempotencyKeys1795219200010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        tenant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        route text NOT NULL CONSTRAINT idempotency_keys_route_length CHECK (char_length(route) BETWEEN 1 AND 200),
        key text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (char_length(key) BETWEEN 1 AND 200),
        -- A keyed hash of the request, which may hold a password: another one under the same key is a mistake of the client.
        fingerprint bytea NOT NULL CONSTRAINT idempotency_keys_fingerprint_length CHECK (octet_length(fingerprint) = 32),
        -- Of several attempts only the one named here may commit.
        attempt_id uuid NOT NULL,
        claimed_at timestamptz(3) NOT NULL DEFAULT now(),
        -- Set in the transaction of the change itself; null while it runs.
        done_at timestamptz(3),
        answer text,
        location text,
        PRIMARY KEY (tenant_id, user_id, route, key),
        CONSTRAINT idempotency_keys_member_fkey FOREIGN KEY (tenant_id, user_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
      );
      CREATE INDEX idempotency_keys_claimed_at_idx ON idempotency_keys (tenant_id, claimed_at);
    `);
    await runner.query(closeToOtherTenants('idempotency_keys'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
