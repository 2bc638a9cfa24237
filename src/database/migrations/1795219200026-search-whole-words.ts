import type { MigrationInterface, QueryRunner } from 'typeorm';

const found = `
  FROM risk_documents d
 WHERE d.tenant_id = tenant AND d.words @@ query
   AND (people IS NULL OR d.owner_id = ANY (people) OR d.assignee_id = ANY (people))`;
const rank = (query: string): string => `ts_rank_cd('{0, 0.1, 0.3, 1}', words, ${query})`;
const ranked = (documents: string): string => `
  SELECT risk_id, 1, (${rank('query')} + ${rank('whole')})::float8 AS rank
    FROM (SELECT d.risk_id, d.score, d.words ${documents}) AS documents
   ORDER BY rank DESC, score DESC, risk_id LIMIT most`;

/**
 * A third of the time for a common word: what was typed counts twice where it is a whole word, which an index entry tells;
 * it was compared with each title. Titles that resemble it are looked for when hardly anything has the words.
 */
export class SearchWholeWords1795219200026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Only a session that has used the extension knows its parameters, and lets others than superusers set them.
    await runner.query(`SELECT word_similarity('', '')`);
    await runner.query(`
      -- Kept for the way back.
      ALTER FUNCTION search.find_risks(tsquery, text, uuid[], integer) RENAME TO find_risks_as_before;

      -- Of words that more have, those with the highest scores are ranked.
      CREATE FUNCTION search.find_risks(query tsquery, typed text, people uuid[], most integer)
        RETURNS TABLE (id uuid, place integer, rank double precision)
        LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public, search SET pg_trgm.word_similarity_threshold = 0.45 AS $$
      #variable_conflict use_column
      DECLARE
        tenant constant uuid := current_tenant();
        at_most constant integer := 2000;
        few constant integer := 5;
        whole constant tsquery := plainto_tsquery('simple', typed);
        matches constant integer := (SELECT count(*) FROM (SELECT ${found} LIMIT at_most + 1) AS those);
      BEGIN
        IF matches > at_most THEN
          RETURN QUERY ${ranked(`${found} ORDER BY d.score DESC, d.risk_id DESC LIMIT 1000`)};
        ELSE
          RETURN QUERY ${ranked(found)};
        END IF;
        IF matches < least(few, most) THEN
          RETURN QUERY
            SELECT near.risk_id, 2, near.similarity FROM (
              SELECT d.risk_id, d.score, word_similarity(typed, d.title)::float8 AS similarity FROM risk_documents d
               WHERE d.tenant_id = tenant AND typed <% d.title AND NOT d.words @@ query
                 AND (people IS NULL OR d.owner_id = ANY (people) OR d.assignee_id = ANY (people))
               LIMIT at_most) AS near
             ORDER BY near.similarity DESC, near.score DESC, near.risk_id LIMIT most;
        END IF;
      END $$;
      REVOKE ALL ON FUNCTION search.find_risks(tsquery, text, uuid[], integer) FROM PUBLIC;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION search.find_risks(tsquery, text, uuid[], integer);
      ALTER FUNCTION search.find_risks_as_before(tsquery, text, uuid[], integer) RENAME TO find_risks;
    `);
  }
}
