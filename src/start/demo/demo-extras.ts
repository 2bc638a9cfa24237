import type { Transaction } from '../../database/session';
import { EXAMPLE_ADMIN_ID, EXAMPLE_ID, EXAMPLE_WEBHOOK_ID } from '../../http/example-id';
import { EXAMPLE_CONNECTOR_ID } from '../../marketplace/catalogue/catalogue.dto';
import { connectorIdOf } from '../../marketplace/connector-id';
import { insertRows } from './insert-rows';

// A mirror that nobody has: what is asked of the demo needs no network.
const KEV_FEED = 'https://192.0.2.10/kev.json';

/** An app, an asset that no risk names yet, a field of the tenant's own, and something said: what the documentation's examples name. */
export async function insertExtras(tx: Transaction, createdAt: Date): Promise<void> {
  const dated = { id: EXAMPLE_ID, createdAt, updatedAt: createdAt, version: 1 };
  const asset = { name: 'Build server BS-01', type: 'Server', criticality: 'MEDIUM', source: 'MANUAL' };
  const choices = ['EMEA', 'AMER', 'APAC'];
  const field = { key: 'region', label: 'Region', type: 'choice', choices, position: 0, required: false };
  const text = 'The vendor has confirmed the patch for next week.';
  const job = { id: EXAMPLE_ID, kind: 'risk.import', createdBy: EXAMPLE_ADMIN_ID, createdAt };
  const line = 'row,line,externalId,pointer,code,message\r\n';
  await insertRows(tx, 'background_jobs', [job]);
  await tx.query(
    `INSERT INTO job_files (tenant_id, job_id, kind, part, bytes) VALUES ($1, $2, 'RESULT', 0, convert_to($3, 'UTF8'))`,
    [tx.tenantId, EXAMPLE_ID, line],
  );
  const app = {
    ...{ connectorId: EXAMPLE_CONNECTOR_ID, connector: 'cisa-kev', name: 'Known exploited vulnerabilities' },
    ...{ status: 'INSTALLED', configuration: { url: KEV_FEED }, autoSync: false, syncIntervalSeconds: 86_400 },
    installedBy: EXAMPLE_ADMIN_ID,
  };
  await insertRows(tx, 'apps', [{ ...dated, ...app }]);
  const installed = {
    action: 'INSTALL',
    outcome: 'SUCCEEDED',
    durationMs: 12,
    actorId: EXAMPLE_ADMIN_ID,
    at: createdAt,
  };
  await insertRows(tx, 'connector_logs', [{ id: EXAMPLE_ID, appId: EXAMPLE_ID, ...installed }]);
  const run = { startedBy: 'SCHEDULE', status: 'FAILED', error: 'The source cannot be reached.', failedAttempts: 4 };
  await insertRows(tx, 'sync_runs', [
    { ...{ id: EXAMPLE_ID, appId: EXAMPLE_ID, jobId: EXAMPLE_ID, createdAt, finishedAt: createdAt }, ...run },
  ]);
  await insertWebhook(tx, createdAt);
  await insertRows(tx, 'assets', [{ ...dated, ...asset, ownerId: EXAMPLE_ADMIN_ID }]);
  await insertRows(tx, 'custom_fields', [{ ...dated, ...field }]);
  await insertRows(tx, 'risk_comments', [{ ...dated, riskId: EXAMPLE_ID, authorId: EXAMPLE_ADMIN_ID, text }]);
}

/** A webhook that is disabled, and what it was told while it was not. */
async function insertWebhook(tx: Transaction, createdAt: Date): Promise<void> {
  const [id, told] = [EXAMPLE_WEBHOOK_ID, { id: EXAMPLE_ID, subjectId: EXAMPLE_ID }];
  const app = {
    ...{ connectorId: connectorIdOf('webhook'), connector: 'webhook', name: 'Chat of the security team' },
    ...{ status: 'DISABLED', configuration: { url: 'https://192.0.2.10/hook', eventTypes: [] } },
    ...{ autoSync: false, syncIntervalSeconds: 300, installedBy: EXAMPLE_ADMIN_ID },
  };
  await insertRows(tx, 'apps', [{ id, createdAt, updatedAt: createdAt, version: 1, ...app }]);
  await insertRows(tx, 'outbox_subscribers', [{ id, eventTypes: [], active: false }]);
  const data = { riskId: EXAMPLE_ID, version: 1 };
  await insertRows(tx, 'outbox_events', [{ ...told, position: 1, type: 'risk.created', data, at: createdAt }]);
  const attempts = [{ at: createdAt, durationMs: 84, status: 200, error: null }];
  const delivery = {
    ...told,
    subscriberId: id,
    eventId: EXAMPLE_ID,
    position: 1,
    status: 'DELIVERED',
    attemptCount: 1,
  };
  const when = { dueAt: createdAt, deliveredAt: createdAt, createdAt };
  await insertRows(tx, 'outbox_deliveries', [{ ...delivery, ...when, attempts }]);
}
