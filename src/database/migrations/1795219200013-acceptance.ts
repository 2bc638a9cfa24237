import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** Who has accepted a risk, why and until when; how often a risk is looked at again, and who has done so. */
export class Acceptance1795219200013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE risks
        ADD COLUMN review_cadence_days smallint
          CONSTRAINT risks_review_cadence_days_range CHECK (review_cadence_days BETWEEN 1 AND 3650),
        ADD COLUMN acceptance_requested boolean NOT NULL DEFAULT false,
        ADD COLUMN accepted_until date,
        ADD COLUMN acceptance_expiring boolean NOT NULL DEFAULT false,
        ADD CONSTRAINT risks_acceptance_expiring_in_force CHECK (accepted_until IS NOT NULL OR NOT acceptance_expiring);
      CREATE INDEX risks_acceptance_requested_idx ON risks (tenant_id, score, id)
        WHERE deleted_at IS NULL AND acceptance_requested;
      CREATE INDEX risks_acceptance_expiring_idx ON risks (tenant_id, score, id)
        WHERE deleted_at IS NULL AND acceptance_expiring;
      CREATE INDEX risks_review_idx ON risks (tenant_id, next_review_at, id)
        WHERE deleted_at IS NULL AND status <> 'CLOSED' AND next_review_at IS NOT NULL;

      CREATE TABLE risk_acceptances (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        risk_id uuid NOT NULL,
        status text NOT NULL DEFAULT 'PENDING' CONSTRAINT risk_acceptances_status_known CHECK (status IN ('PENDING',
          'APPROVED', 'REJECTED', 'WITHDRAWN', 'REVOKED', 'EXPIRED', 'SUPERSEDED', 'ENDED')),
        justification text NOT NULL
          CONSTRAINT risk_acceptances_justification_length CHECK (char_length(justification) BETWEEN 1 AND 2000),
        -- The last day on which it is in force, in UTC.
        valid_until date NOT NULL,
        risk_version integer NOT NULL CONSTRAINT risk_acceptances_risk_version_positive CHECK (risk_version >= 1),
        -- No foreign keys to people: it is kept who it was after they have left, and that the same one never decides.
        requested_by uuid NOT NULL,
        requested_at timestamptz(3) NOT NULL DEFAULT now(),
        decided_by uuid,
        decided_at timestamptz(3),
        decision_comment text
          CONSTRAINT risk_acceptances_decision_comment_length CHECK (char_length(decision_comment) BETWEEN 1 AND 2000),
        warned_at timestamptz(3),
        ended_by uuid,
        ended_at timestamptz(3),
        end_comment text CONSTRAINT risk_acceptances_end_comment_length CHECK (char_length(end_comment) BETWEEN 1 AND 2000),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT risk_acceptances_two_people CHECK (decided_by <> requested_by),
        CONSTRAINT risk_acceptances_decided CHECK (
          (decided_by IS NULL) = (decided_at IS NULL)
          AND (decided_by IS NOT NULL OR status NOT IN ('APPROVED', 'REJECTED', 'REVOKED', 'SUPERSEDED'))
          AND (decided_by IS NULL OR status NOT IN ('PENDING', 'WITHDRAWN'))),
        CONSTRAINT risk_acceptances_over
          CHECK ((ended_at IS NOT NULL) = (status IN ('WITHDRAWN', 'REVOKED', 'EXPIRED', 'SUPERSEDED', 'ENDED'))),
        CONSTRAINT risk_acceptances_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE
      );
      -- At most one that waits, and one that is in force.
      CREATE UNIQUE INDEX risk_acceptances_live_key ON risk_acceptances (tenant_id, risk_id, status)
        WHERE status IN ('PENDING', 'APPROVED');
      CREATE INDEX risk_acceptances_risk_idx ON risk_acceptances (tenant_id, risk_id, requested_at, id);
      CREATE INDEX risk_acceptances_due_idx ON risk_acceptances (tenant_id, valid_until, risk_id)
        WHERE status IN ('PENDING', 'APPROVED');

      CREATE TABLE risk_reviews (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        risk_id uuid NOT NULL,
        risk_version integer NOT NULL CONSTRAINT risk_reviews_risk_version_positive CHECK (risk_version >= 1),
        outcome text NOT NULL CONSTRAINT risk_reviews_outcome_known
          CHECK (outcome IN ('CONFIRMED', 'CHANGED', 'ESCALATED', 'CLOSE')),
        note text CONSTRAINT risk_reviews_note_length CHECK (char_length(note) BETWEEN 1 AND 2000),
        next_review_at date NOT NULL,
        reviewed_by uuid NOT NULL,
        reviewed_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT risk_reviews_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX risk_reviews_risk_idx ON risk_reviews (tenant_id, risk_id, reviewed_at, id);
    `);
    await runner.query(closeToOtherTenants('risk_acceptances'));
    await runner.query(closeToOtherTenants('risk_reviews'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE risk_reviews, risk_acceptances;
      ALTER TABLE risks DROP COLUMN review_cadence_days, DROP COLUMN acceptance_requested, DROP COLUMN accepted_until,
        DROP COLUMN acceptance_expiring;
    `);
  }
}
