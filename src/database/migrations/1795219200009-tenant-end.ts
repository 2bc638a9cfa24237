import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How a tenant ends. The application cannot delete from the audit log; this one function can, for a tenant that has been
 * deleted for long enough. Nobody who only has the application's rights can make that time pass sooner.
 */
export class TenantEnd1795219200009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION date_tenant_deletion() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
      BEGIN
        IF NEW.status <> 'DELETED' THEN
          NEW.deleted_at := NULL;
        ELSIF TG_OP = 'UPDATE' AND OLD.status = 'DELETED' THEN
          NEW.deleted_at := OLD.deleted_at;
        ELSE
          NEW.deleted_at := now();
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER tenants_deletion_date BEFORE INSERT OR UPDATE ON tenants
        FOR EACH ROW EXECUTE FUNCTION date_tenant_deletion();

      -- Runs as the owner of the tables, whom row level security binds as well: only the current tenant can go.
      CREATE FUNCTION purge_deleted_tenant(grace interval) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      DECLARE
        remaining text[];
        blocked text[];
        people uuid[];
        person uuid;
        name text;
      BEGIN
        IF grace < interval '1 day' THEN
          RAISE EXCEPTION 'A deleted tenant is kept for a day at least';
        END IF;
        PERFORM FROM tenants WHERE id = current_tenant() AND deleted_at <= now() - grace FOR UPDATE;
        IF NOT FOUND THEN
          RETURN false;
        END IF;
        people := ARRAY(SELECT user_id FROM memberships WHERE tenant_id = current_tenant());
        remaining := ARRAY(
          SELECT c.relname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname);
        -- Whatever is referred to goes after what refers to it.
        WHILE cardinality(remaining) > 0 LOOP
          blocked := '{}';
          FOREACH name IN ARRAY remaining LOOP
            BEGIN
              EXECUTE format('DELETE FROM public.%I WHERE tenant_id = current_tenant()', name);
            EXCEPTION WHEN foreign_key_violation THEN
              blocked := blocked || name;
            END;
          END LOOP;
          IF cardinality(blocked) = cardinality(remaining) THEN
            RAISE EXCEPTION 'Rows of % refer to each other', blocked;
          END IF;
          remaining := blocked;
        END LOOP;
        DELETE FROM tenants WHERE id = current_tenant();
        -- An account that is in no other tenant is of no use to anybody.
        FOREACH person IN ARRAY people LOOP
          BEGIN
            DELETE FROM users WHERE id = person;
          EXCEPTION WHEN foreign_key_violation THEN
            NULL;
          END;
        END LOOP;
        RETURN true;
      END $$;
      REVOKE ALL ON FUNCTION purge_deleted_tenant(interval) FROM PUBLIC;

      -- Names that differ in the form of their letters only (full width, ligatures, case) are one name.
      DROP INDEX roles_name_key;
      CREATE UNIQUE INDEX roles_name_key ON roles (tenant_id, lower(normalize(name, NFKC)));
      DROP INDEX teams_name_key;
      CREATE UNIQUE INDEX teams_name_key ON teams (tenant_id, lower(normalize(name, NFKC)));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX teams_name_key, roles_name_key;
      CREATE UNIQUE INDEX roles_name_key ON roles (tenant_id, lower(name));
      CREATE UNIQUE INDEX teams_name_key ON teams (tenant_id, lower(name));
      DROP FUNCTION purge_deleted_tenant(interval);
      DROP TRIGGER tenants_deletion_date ON tenants;
      DROP FUNCTION date_tenant_deletion();
    `);
  }
}
