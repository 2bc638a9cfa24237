import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from './row-level-security';

/** What tenants install of the marketplace, and what they think of it. The connectors themselves are code. */
export class Marketplace1795219200019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE apps (
        tenant_id uuid NOT NULL CONSTRAINT apps_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        connector_id uuid NOT NULL,
        -- Its slug: said for people, also when no version of the product has the connector any more.
        connector text NOT NULL CONSTRAINT apps_connector_length CHECK (char_length(connector) BETWEEN 1 AND 64),
        name text NOT NULL CONSTRAINT apps_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
        status text NOT NULL CONSTRAINT apps_status_known
          CHECK (status IN ('PENDING', 'INSTALLED', 'DISABLED', 'ERROR', 'UNINSTALLED')),
        -- Without its secrets.
        configuration jsonb NOT NULL,
        auto_sync boolean NOT NULL DEFAULT false,
        sync_interval_seconds integer NOT NULL DEFAULT 300
          CONSTRAINT apps_sync_interval CHECK (sync_interval_seconds BETWEEN 60 AND 2592000),
        last_sync_at timestamptz(3),
        last_sync_status text CONSTRAINT apps_last_sync_status_known
          CHECK (last_sync_status IN ('SUCCEEDED', 'FAILED', 'CANCELLED')),
        last_sync_error text,
        installed_by uuid,
        version integer NOT NULL DEFAULT 1 CONSTRAINT apps_version_positive CHECK (version >= 1),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE UNIQUE INDEX apps_live_key ON apps (tenant_id, connector_id) WHERE status <> 'UNINSTALLED';
      CREATE INDEX apps_connector_idx ON apps (tenant_id, connector_id);
      CREATE INDEX apps_created_idx ON apps (tenant_id, created_at, id);

      CREATE TABLE app_secrets (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        app_id uuid NOT NULL,
        name text NOT NULL,
        sealed text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT app_secrets_name_key UNIQUE (tenant_id, app_id, name),
        CONSTRAINT app_secrets_app_fkey FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id) ON DELETE CASCADE
      );

      CREATE TABLE connector_logs (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        app_id uuid NOT NULL,
        action text NOT NULL,
        outcome text NOT NULL CONSTRAINT connector_logs_outcome_known CHECK (outcome IN ('SUCCEEDED', 'FAILED', 'CANCELLED')),
        -- Nobody for what runs by itself. No foreign key: it stays when they have left.
        actor_id uuid,
        duration_ms integer NOT NULL CONSTRAINT connector_logs_duration CHECK (duration_ms >= 0),
        error text,
        at timestamptz(3) NOT NULL DEFAULT statement_timestamp(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT connector_logs_app_fkey FOREIGN KEY (tenant_id, app_id) REFERENCES apps (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX connector_logs_app_idx ON connector_logs (tenant_id, app_id, at, id);

      CREATE TABLE connector_reviews (
        tenant_id uuid NOT NULL CONSTRAINT connector_reviews_tenant_fkey REFERENCES tenants (id),
        id uuid NOT NULL,
        connector_id uuid NOT NULL,
        user_id uuid NOT NULL,
        rating smallint NOT NULL CONSTRAINT connector_reviews_rating CHECK (rating BETWEEN 1 AND 5),
        comment text NOT NULL CONSTRAINT connector_reviews_comment_length CHECK (char_length(comment) <= 2000),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT connector_reviews_user_key UNIQUE (tenant_id, connector_id, user_id)
      );
      CREATE INDEX connector_reviews_created_idx ON connector_reviews (tenant_id, connector_id, created_at, id);

      -- Of all tenants together: nothing but these three numbers leaves a tenant.
      CREATE TABLE connector_figures (
        connector_id uuid PRIMARY KEY,
        installs integer NOT NULL DEFAULT 0,
        reviews integer NOT NULL DEFAULT 0,
        stars integer NOT NULL DEFAULT 0
      );
      CREATE FUNCTION count_connector(connector uuid, more_installs integer, more_reviews integer, more_stars integer)
        RETURNS void LANGUAGE sql AS $$
        INSERT INTO connector_figures AS f (connector_id, installs, reviews, stars)
        VALUES (connector, more_installs, more_reviews, more_stars)
        ON CONFLICT (connector_id) DO UPDATE
          SET installs = f.installs + more_installs, reviews = f.reviews + more_reviews, stars = f.stars + more_stars
      $$;
      CREATE FUNCTION count_apps() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        was integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.status <> 'UNINSTALLED' THEN 1 ELSE 0 END;
        is_now integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.status <> 'UNINSTALLED' THEN 1 ELSE 0 END;
      BEGIN
        IF was <> is_now THEN
          PERFORM count_connector(coalesce(NEW.connector_id, OLD.connector_id), is_now - was, 0, 0);
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER apps_counted AFTER INSERT OR UPDATE OF status OR DELETE ON apps
        FOR EACH ROW EXECUTE FUNCTION count_apps();
      CREATE FUNCTION count_connector_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN PERFORM count_connector(OLD.connector_id, 0, -1, -OLD.rating); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM count_connector(NEW.connector_id, 0, 1, NEW.rating); END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER connector_reviews_counted AFTER INSERT OR UPDATE OR DELETE ON connector_reviews
        FOR EACH ROW EXECUTE FUNCTION count_connector_reviews();
    `);
    for (const table of ['apps', 'app_secrets', 'connector_logs', 'connector_reviews']) {
      await runner.query(closeToOtherTenants(table));
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE connector_reviews, connector_logs, app_secrets, apps, connector_figures;
      DROP FUNCTION count_connector_reviews();
      DROP FUNCTION count_apps();
      DROP FUNCTION count_connector(uuid, integer, integer, integer);
    `);
  }
}
