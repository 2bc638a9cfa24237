import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = 'tenant_id, id, title, search, score, owner_id, assignee_id';

/**
 * What is searched, in a schema that the application cannot enter. Row level security keeps operators of full text and
 * trigrams out of indexes; here it binds nobody but the application, which has no rights either: only the function finds
 * anything, for the tenant of the session, and tells ids. The risks behind them are read like any others.
 */
export class RiskSearch1795219200018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA search;
      CREATE TABLE search.risk_documents (
        tenant_id uuid NOT NULL,
        risk_id uuid NOT NULL,
        title text NOT NULL,
        words tsvector NOT NULL,
        score double precision NOT NULL,
        owner_id uuid,
        assignee_id uuid,
        PRIMARY KEY (tenant_id, risk_id),
        CONSTRAINT risk_documents_risk_fkey FOREIGN KEY (tenant_id, risk_id)
          REFERENCES public.risks (tenant_id, id) ON DELETE CASCADE
      ) WITH (fillfactor = 85);
      ALTER TABLE search.risk_documents ENABLE ROW LEVEL SECURITY;

      ALTER TABLE risks NO FORCE ROW LEVEL SECURITY;
      INSERT INTO search.risk_documents SELECT ${columns} FROM risks WHERE deleted_at IS NULL;
      ALTER TABLE risks FORCE ROW LEVEL SECURITY;
      CREATE INDEX risk_documents_words_idx ON search.risk_documents USING gin (tenant_id, words);
      CREATE INDEX risk_documents_title_idx ON search.risk_documents USING gin (tenant_id, title gin_trgm_ops);
      CREATE INDEX risk_documents_score_idx ON search.risk_documents (tenant_id, score, risk_id);

      CREATE FUNCTION search.keep_documents() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, search AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO risk_documents SELECT ${columns} FROM new_risks WHERE deleted_at IS NULL;
          RETURN NULL;
        END IF;
        DELETE FROM risk_documents d USING new_risks n
         WHERE d.tenant_id = n.tenant_id AND d.risk_id = n.id AND n.deleted_at IS NOT NULL;
        -- Somebody who leaves is taken off a risk twice in one statement, as its owner and as its assignee: of both
        -- versions the one without either is the last.
        INSERT INTO risk_documents
        SELECT DISTINCT ON (n.tenant_id, n.id) ${columns.replaceAll(/\w+/g, 'n.$&')}
          FROM new_risks n JOIN old_risks o ON o.tenant_id = n.tenant_id AND o.id = n.id
         WHERE n.deleted_at IS NULL
           AND (o.deleted_at IS NOT NULL OR (n.title, n.search, n.score, n.owner_id, n.assignee_id)
             IS DISTINCT FROM (o.title, o.search, o.score, o.owner_id, o.assignee_id))
         ORDER BY n.tenant_id, n.id, n.owner_id NULLS FIRST, n.assignee_id NULLS FIRST
        ON CONFLICT (tenant_id, risk_id) DO UPDATE
           SET title = excluded.title, words = excluded.words, score = excluded.score, owner_id = excluded.owner_id,
               assignee_id = excluded.assignee_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER risks_searched_insert AFTER INSERT ON risks REFERENCING NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION search.keep_documents();
      CREATE TRIGGER risks_searched_update AFTER UPDATE ON risks REFERENCING OLD TABLE AS old_risks NEW TABLE AS new_risks
        FOR EACH STATEMENT EXECUTE FUNCTION search.keep_documents();

      -- Whatever is asked for, no more than some thousand documents are ranked: of words that more have, those with the
      -- highest scores.
      CREATE FUNCTION search.find_risks(query tsquery, typed text, people uuid[], most integer)
        RETURNS TABLE (id uuid, place integer, rank double precision)
        LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public, search SET pg_trgm.word_similarity_threshold = 0.45 AS $$
      #variable_conflict use_column
      DECLARE
        tenant constant uuid := current_tenant();
        ranked constant integer := 5000;
        found uuid[];
      BEGIN
        found := ARRAY(
          SELECT d.risk_id FROM risk_documents d
           WHERE d.tenant_id = tenant AND d.words @@ query
             AND (people IS NULL OR d.owner_id = ANY (people) OR d.assignee_id = ANY (people))
           LIMIT ranked + 1);
        IF cardinality(found) > ranked THEN
          found := ARRAY(
            SELECT d.risk_id FROM risk_documents d
             WHERE d.tenant_id = tenant AND d.words @@ query
               AND (people IS NULL OR d.owner_id = ANY (people) OR d.assignee_id = ANY (people))
             ORDER BY d.score DESC, d.risk_id DESC LIMIT 1000);
        END IF;
        RETURN QUERY
          SELECT d.risk_id, 1, (ts_rank_cd('{0, 0.1, 0.3, 1}', d.words, query) + word_similarity(typed, d.title))::float8 AS rank
            FROM risk_documents d WHERE d.tenant_id = tenant AND d.risk_id = ANY (found)
           ORDER BY rank DESC, d.score DESC, d.risk_id LIMIT most;
        IF cardinality(found) < most THEN
          RETURN QUERY
            SELECT near.risk_id, 2, near.similarity FROM (
              SELECT d.risk_id, d.score, word_similarity(typed, d.title)::float8 AS similarity FROM risk_documents d
               WHERE d.tenant_id = tenant AND typed <% d.title AND d.risk_id <> ALL (found)
                 AND (people IS NULL OR d.owner_id = ANY (people) OR d.assignee_id = ANY (people))
               LIMIT ranked) near
             ORDER BY near.similarity DESC, near.score DESC, near.risk_id LIMIT most;
        END IF;
      END $$;
      REVOKE ALL ON FUNCTION search.find_risks(tsquery, text, uuid[], integer), search.keep_documents() FROM PUBLIC;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER risks_searched_update ON risks;
      DROP TRIGGER risks_searched_insert ON risks;
      DROP SCHEMA search CASCADE;
    `);
  }
}
