import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Postgres must know that a tenant has rows before it can read them well; autovacuum waits for a tenth of the table. */
export class TableStatistics1795219200027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Runs as the owner: the application may not analyze. One at a time, and past tables that somebody else is at.
      CREATE FUNCTION analyze_what_has_changed(at_least_every interval) RETURNS text[]
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      DECLARE
        changed text;
        analyzed text[] := '{}';
      BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtextextended('openrisk analyze', 0)) THEN
          RETURN analyzed;
        END IF;
        FOR changed IN
          SELECT format('%I.%I', s.schemaname, s.relname)
            FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
           WHERE s.schemaname IN ('public', 'search') AND s.n_mod_since_analyze >= 1000
             AND (s.n_mod_since_analyze >= 0.1 * c.reltuples
               OR coalesce(greatest(s.last_analyze, s.last_autoanalyze), '-infinity') < now() - at_least_every)
           ORDER BY 1
        LOOP
          EXECUTE 'ANALYZE (SKIP_LOCKED) ' || changed;
          analyzed := analyzed || changed;
        END LOOP;
        RETURN analyzed;
      END $$;
      REVOKE ALL ON FUNCTION analyze_what_has_changed(interval) FROM PUBLIC;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION analyze_what_has_changed(interval)');
  }
}
