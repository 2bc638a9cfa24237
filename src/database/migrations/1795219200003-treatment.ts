import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What is done about a risk, and everything that ever happened to it. */
export class Treatment1795219200003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mitigations (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        risk_id uuid NOT NULL,
        title text NOT NULL CONSTRAINT mitigations_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
        assignee_id uuid,
        status text NOT NULL DEFAULT 'PLANNED' CONSTRAINT mitigations_status_known
          CHECK (status IN ('PLANNED', 'IN_PROGRESS', 'REVIEW', 'DONE', 'CANCELLED')),
        progress smallint NOT NULL DEFAULT 0 CONSTRAINT mitigations_progress_range CHECK (progress BETWEEN 0 AND 100),
        due_date date,
        cost smallint NOT NULL DEFAULT 1 CONSTRAINT mitigations_cost_range CHECK (cost BETWEEN 1 AND 3),
        duration_days integer NOT NULL DEFAULT 1
          CONSTRAINT mitigations_duration_days_range CHECK (duration_days BETWEEN 0 AND 36500),
        completed_at timestamptz(3),
        version integer NOT NULL DEFAULT 1 CONSTRAINT mitigations_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT mitigations_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE,
        CONSTRAINT mitigations_assignee_fkey FOREIGN KEY (tenant_id, assignee_id)
          REFERENCES memberships (tenant_id, user_id) ON DELETE SET NULL (assignee_id)
      );
      CREATE INDEX mitigations_risk_idx ON mitigations (tenant_id, risk_id, created_at, id);
      CREATE INDEX mitigations_assignee_idx ON mitigations (tenant_id, assignee_id) WHERE assignee_id IS NOT NULL;

      CREATE TABLE mitigation_sub_actions (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        mitigation_id uuid NOT NULL,
        title text NOT NULL CONSTRAINT mitigation_sub_actions_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
        done boolean NOT NULL DEFAULT false,
        position integer NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT mitigation_sub_actions_mitigation_fkey FOREIGN KEY (tenant_id, mitigation_id)
          REFERENCES mitigations (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX mitigation_sub_actions_mitigation_idx
        ON mitigation_sub_actions (tenant_id, mitigation_id, position, id);

      -- One row per version of a risk, written with it and never changed.
      CREATE TABLE risk_history (
        tenant_id uuid NOT NULL,
        risk_id uuid NOT NULL,
        version integer NOT NULL CONSTRAINT risk_history_version_positive CHECK (version >= 1),
        at timestamptz(3) NOT NULL DEFAULT now(),
        -- No foreign key: history keeps who it was after they have left.
        actor_id uuid,
        action text NOT NULL CONSTRAINT risk_history_action_known
          CHECK (action IN ('CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'TRANSITIONED', 'IMPORTED')),
        changed_fields text[] NOT NULL DEFAULT '{}',
        comment text CONSTRAINT risk_history_comment_length CHECK (char_length(comment) BETWEEN 1 AND 2000),
        status text NOT NULL,
        severity text NOT NULL,
        score double precision NOT NULL,
        residual_score double precision,
        probability smallint NOT NULL,
        impact smallint NOT NULL,
        due_date date,
        source text NOT NULL,
        deleted boolean NOT NULL DEFAULT false,
        snapshot jsonb NOT NULL,
        PRIMARY KEY (tenant_id, risk_id, version),
        CONSTRAINT risk_history_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES risks (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX risk_history_at_idx ON risk_history (tenant_id, at);
    `);
    await runner.query(closeToOtherTenants('mitigations'));
    await runner.query(closeToOtherTenants('mitigation_sub_actions'));
    await runner.query(closeToOtherTenants('risk_history'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE risk_history, mitigation_sub_actions, mitigations`);
  }
}
