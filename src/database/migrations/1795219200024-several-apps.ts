import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['apps', 'app_secrets', 'outbox_subscribers'];

/** Connectors of which a tenant may have several live apps. */
export class SeveralApps1795219200024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- As its connector was when it was installed.
      ALTER TABLE apps ADD multiple boolean NOT NULL DEFAULT false;
      DROP INDEX apps_live_key;
      CREATE UNIQUE INDEX apps_live_key ON apps (tenant_id, connector_id) WHERE status <> 'UNINSTALLED' AND NOT multiple;
    `);
  }

  /** Of several, the one that was there first stays. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await runner.query(`
      CREATE TEMPORARY TABLE further_apps ON COMMIT DROP AS
        SELECT a.tenant_id, a.id FROM apps a
         WHERE a.status <> 'UNINSTALLED' AND EXISTS (
           SELECT FROM apps earlier
            WHERE earlier.tenant_id = a.tenant_id AND earlier.connector_id = a.connector_id
              AND earlier.status <> 'UNINSTALLED' AND (earlier.created_at, earlier.id) < (a.created_at, a.id));
      UPDATE apps a SET status = 'UNINSTALLED' FROM further_apps f WHERE f.tenant_id = a.tenant_id AND f.id = a.id;
      DELETE FROM app_secrets s USING further_apps f WHERE f.tenant_id = s.tenant_id AND f.id = s.app_id;
      DELETE FROM outbox_subscribers s USING further_apps f WHERE f.tenant_id = s.tenant_id AND f.id = s.id;
    `);
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
    await runner.query(`
      DROP INDEX apps_live_key;
      ALTER TABLE apps DROP multiple;
      CREATE UNIQUE INDEX apps_live_key ON apps (tenant_id, connector_id) WHERE status <> 'UNINSTALLED';
    `);
  }
}
