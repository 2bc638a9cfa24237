import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The most worthwhile mitigations come from an index, however many are open: each keeps the score of its risk beside its
 * own effort.
 */
export class RecommendedOrder1795219200023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of its risk; null while that is deleted.
      ALTER TABLE mitigations ADD risk_score double precision;
      ALTER TABLE mitigations NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE risks NO FORCE ROW LEVEL SECURITY;
      UPDATE mitigations m SET risk_score = r.score
        FROM risks r WHERE r.tenant_id = m.tenant_id AND r.id = m.risk_id AND r.deleted_at IS NULL;
      ALTER TABLE risks FORCE ROW LEVEL SECURITY;
      ALTER TABLE mitigations FORCE ROW LEVEL SECURITY;

      -- Waits for whoever changes the risk at the time: the score is the one that they leave.
      CREATE FUNCTION take_risk_score() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.risk_score := (SELECT CASE WHEN r.deleted_at IS NULL THEN r.score END FROM risks r
                            WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.risk_id FOR SHARE);
        RETURN NEW;
      END $$;
      CREATE TRIGGER mitigations_scored BEFORE INSERT ON mitigations
        FOR EACH ROW EXECUTE FUNCTION take_risk_score();

      -- Ids in arrays, since a plan that was made for a transition table of thousands would be kept for one of a single row.
      CREATE FUNCTION pass_on_risk_scores() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        tenants uuid[];
        changed uuid[];
      BEGIN
        SELECT array_agg(DISTINCT n.tenant_id), array_agg(n.id) INTO tenants, changed
          FROM new_risks n JOIN old_risks o ON o.tenant_id = n.tenant_id AND o.id = n.id
         WHERE (n.score, n.deleted_at IS NULL) IS DISTINCT FROM (o.score, o.deleted_at IS NULL);
        IF changed IS NOT NULL THEN
          UPDATE mitigations m SET risk_score = CASE WHEN r.deleted_at IS NULL THEN r.score END
            FROM risks r
           WHERE m.tenant_id = ANY (tenants) AND m.risk_id = ANY (changed)
             AND r.tenant_id = m.tenant_id AND r.id = m.risk_id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER risks_scores_passed_on AFTER UPDATE ON risks
        REFERENCING OLD TABLE AS old_risks NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION pass_on_risk_scores();

      CREATE INDEX mitigations_recommended_idx
        ON mitigations (tenant_id, (risk_score / greatest(2, cost + duration_days)) DESC, risk_score DESC, id)
        WHERE risk_score IS NOT NULL AND status <> ALL ('{DONE,CANCELLED}');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mitigations_recommended_idx;
      DROP TRIGGER risks_scores_passed_on ON risks;
      DROP TRIGGER mitigations_scored ON mitigations;
      DROP FUNCTION pass_on_risk_scores, take_risk_score;
      ALTER TABLE mitigations DROP risk_score;
    `);
  }
}
