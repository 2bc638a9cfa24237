import type { ReadSession, Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { NotFound } from '../../errors/http.errors';
import { AlreadyInstalled, TooManyInstallations } from '../marketplace.errors';
import { APP_JSON } from './app-json';
import { APP_LIMITS, type AppStatus } from './app-terms';
import type { AppConfiguration, AppResponse } from './app.dto';

/** An app as it is stored: its configuration is without secrets. */
export interface AppRecord {
  readonly id: string;
  readonly connectorId: string;
  readonly connector: string;
  readonly name: string;
  readonly status: AppStatus;
  readonly configuration: AppConfiguration;
  /** Names of those that are stored. */
  readonly secrets: readonly string[];
  readonly version: number;
}

const RECORD = `SELECT a.tenant_id, a.id, a.connector_id AS "connectorId", a.connector, a.name, a.status, a.configuration, a.version,
    ARRAY(SELECT s.name FROM app_secrets s WHERE s.tenant_id = a.tenant_id AND s.app_id = a.id ORDER BY s.name) AS secrets
  FROM apps a WHERE a.tenant_id = $1 AND a.id = $2`;

/** @throws NotFound 404 */
export async function readApp(session: ReadSession, id: string): Promise<AppRecord> {
  const [app] = await session.query<AppRecord>(RECORD, [session.tenantId, id]);
  if (!app) throw new NotFound('app');
  return app;
}

/** @throws NotFound 404 */
export async function lockApp(tx: Transaction, id: string): Promise<AppRecord> {
  // Two statements: one that waits for a lock sees the row as it was before it waited.
  await tx.query('SELECT FROM apps WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tx.tenantId, id]);
  return readApp(tx, id);
}

/** @throws NotFound 404 */
export async function appIn(session: ReadSession, id: string): Promise<AppResponse> {
  const [row] = await session.query<{ app: AppResponse }>(
    `SELECT a.tenant_id, ${APP_JSON} AS app FROM apps a WHERE a.tenant_id = $1 AND a.id = $2`,
    [session.tenantId, id],
  );
  if (!row) throw new NotFound('app');
  return row.app;
}

type NewApp = Omit<AppRecord, 'secrets' | 'version'> & {
  /** Whether there may be others of its connector. */
  readonly multiple: boolean;
  readonly installedBy: string;
};

/** @throws AlreadyInstalled 409, TooManyInstallations 409 */
export async function insertApp(
  tx: Transaction,
  { id, connectorId, connector, name, status, configuration, multiple, installedBy }: NewApp,
): Promise<void> {
  if (multiple) await assertRoom(tx, connectorId);
  try {
    await tx.query(
      `INSERT INTO apps (tenant_id, id, connector_id, connector, name, status, configuration, multiple, installed_by,
                         created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, statement_timestamp(), statement_timestamp())`,
      [tx.tenantId, id, connectorId, connector, name, status, JSON.stringify(configuration), multiple, installedBy],
    );
  } catch (error) {
    throw brokenConstraint(error) === 'apps_live_key' ? new AlreadyInstalled(error) : error;
  }
}

/** The next version of an app that the transaction has locked. */
export async function updateApp(
  tx: Transaction,
  id: string,
  { name, status, configuration }: Pick<AppRecord, 'name' | 'status' | 'configuration'>,
): Promise<void> {
  await tx.query(
    `UPDATE apps SET name = $3, status = $4, configuration = $5, version = version + 1, updated_at = statement_timestamp()
      WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, name, status, JSON.stringify(configuration)],
  );
}

/** Those who install it at the same time wait for each other. */
async function assertRoom(tx: Transaction, connectorId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('apps ' || $1 || ' ' || $2, 0))`, [
    ...[tx.tenantId, connectorId],
  ]);
  const live = await tx.query(
    `SELECT FROM apps WHERE tenant_id = $1 AND connector_id = $2 AND status <> 'UNINSTALLED'`,
    [tx.tenantId, connectorId],
  );
  if (live.length >= APP_LIMITS.ofOneConnector) throw new TooManyInstallations(APP_LIMITS.ofOneConnector);
}
