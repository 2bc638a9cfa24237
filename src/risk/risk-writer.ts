import { brokenConstraint } from '../database/sql-errors';
import type { Transaction } from '../database/session';
import type { EventType } from '../outbox/event-types';
import { recordingEvents } from '../outbox/outbox-sql';
import { RISK_JSON } from './risk-json';
import type { RiskRecord } from './risk-record';
import { DuplicateExternalId } from './risk.errors';

export const HISTORY_ACTIONS = [
  ...(['CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'TRANSITIONED', 'IMPORTED'] as const),
  'SYNCED',
] as const;
export type HistoryAction = (typeof HISTORY_ACTIONS)[number];

/** How the outside is told. One event for each risk, of an import too: whoever does not want those leaves their type out. */
const EVENT_OF: Readonly<Record<HistoryAction, EventType>> = {
  CREATED: 'risk.created',
  UPDATED: 'risk.updated',
  DELETED: 'risk.deleted',
  RESTORED: 'risk.restored',
  TRANSITIONED: 'risk.status_changed',
  IMPORTED: 'risk.imported',
  SYNCED: 'risk.synced',
};

/** The new state of an existing risk, and what is different in it. */
export interface ChangedRisk {
  readonly risk: RiskRecord;
  readonly changedFields: readonly string[];
  readonly comment?: string | undefined;
}

/** Columns a risk is stored in, by the field of its representation. */
const columns = {
  title: 'title text',
  description: 'description text',
  category: 'category text',
  probability: 'probability smallint',
  impact: 'impact smallint',
  score: 'score float8',
  severity: 'severity text',
  residualProbability: 'residual_probability smallint',
  residualImpact: 'residual_impact smallint',
  residualScore: 'residual_score float8',
  residualSeverity: 'residual_severity text',
  targetProbability: 'target_probability smallint',
  targetImpact: 'target_impact smallint',
  targetScore: 'target_score float8',
  targetSeverity: 'target_severity text',
  status: 'status text',
  treatment: 'treatment text',
  ownerId: 'owner_id uuid',
  assigneeId: 'assignee_id uuid',
  dueDate: 'due_date date',
  nextReviewAt: 'next_review_at date',
  reviewCadenceDays: 'review_cadence_days smallint',
  acceptanceRequested: 'acceptance_requested boolean',
  acceptedUntil: 'accepted_until date',
  acceptanceExpiring: 'acceptance_expiring boolean',
  tags: 'tags text[]',
  frameworks: 'frameworks text[]',
  source: 'source text',
  externalId: 'external_id text',
  customFields: 'custom_fields jsonb',
  deletedAt: 'deleted_at timestamptz',
} as const satisfies Partial<Record<keyof RiskRecord, string>>;

const stored = Object.entries(columns).map(([field, definition]) => {
  const [column = '', type = ''] = definition.split(' ');
  return { field: `"${field}"`, column, type };
});
const recordset = `jsonb_to_recordset($2::jsonb) AS x(id uuid, ${stored.map(({ field, type }) => `${field} ${type}`).join(', ')})`;

const INSERT = `
  INSERT INTO risks (tenant_id, id, ${stored.map(({ column }) => column).join(', ')}, created_at, updated_at)
  SELECT $1, x.id, ${stored.map(({ field }) => `x.${field}`).join(', ')}, statement_timestamp(), statement_timestamp()
    FROM ${recordset}`;

const UPDATE = `
  UPDATE risks r
     SET ${stored.map(({ field, column }) => `${column} = x.${field}`).join(', ')},
         version = r.version + 1, updated_at = statement_timestamp()
    FROM ${recordset}
   WHERE r.tenant_id = $1 AND r.id = x.id`;

const UNLINK = 'DELETE FROM risk_assets WHERE tenant_id = $1 AND risk_id = ANY ($2::uuid[])';

const LINK = `
  INSERT INTO risk_assets (tenant_id, risk_id, asset_id)
  SELECT $1, x."riskId", x."assetId" FROM jsonb_to_recordset($2::jsonb) AS x("riskId" uuid, "assetId" uuid)`;

const KEEP_HISTORY = `
  INSERT INTO risk_history (tenant_id, risk_id, version, at, actor_id, action, changed_fields, comment, status, severity,
    score, residual_score, probability, impact, due_date, source, deleted, snapshot)
  SELECT r.tenant_id, r.id, r.version, r.updated_at, current_user_id(), $3, x."changedFields", x.comment, r.status,
    r.severity, r.score, r.residual_score, r.probability, r.impact, r.due_date, r.source, r.deleted_at IS NOT NULL,
    ${RISK_JSON}::jsonb
    FROM jsonb_to_recordset($2::jsonb) AS x(id uuid, "changedFields" text[], comment text)
    JOIN risks r ON r.tenant_id = $1 AND r.id = x.id
  RETURNING risk_id, version, changed_fields, snapshot`;

const TOLD = ['title', 'status', 'severity', 'score', 'ownerId', 'assigneeId', 'dueDate', 'source', 'externalId'];

const RECORD = recordingEvents(
  `SELECT $4::text AS type, h.risk_id AS subject_id,
      jsonb_build_object('riskId', h.risk_id, 'version', h.version, 'changedFields', h.changed_fields,
        ${TOLD.map((field) => `'${field}', h.snapshot -> '${field}'`).join(', ')}) AS data
     FROM kept_history h`,
  [`kept_history AS (${KEEP_HISTORY})`],
);

/**
 * Stores new risks with their first history. One flight, however many they are.
 *
 * @throws DuplicateExternalId 409
 */
export async function insertRisks(tx: Transaction, risks: readonly RiskRecord[], action: HistoryAction): Promise<void> {
  await sent([
    tx.query(INSERT, [tx.tenantId, JSON.stringify(risks)]),
    ...link(tx, risks),
    recordHistory(
      tx,
      risks.map(({ id }) => ({ id, changedFields: [] })),
      action,
    ),
  ]);
}

/**
 * Stores the new state of risks that the transaction has locked: next version, history, links to assets.
 *
 * @throws DuplicateExternalId 409
 */
export async function updateRisks(
  tx: Transaction,
  changes: readonly ChangedRisk[],
  action: HistoryAction,
): Promise<void> {
  const risks = changes.map(({ risk }) => risk);
  const relinked = changes.filter(({ changedFields }) => changedFields.includes('assets')).map(({ risk }) => risk);
  await sent([
    tx.query(UPDATE, [tx.tenantId, JSON.stringify(risks)]),
    ...(relinked.length > 0 ? [tx.query(UNLINK, [tx.tenantId, relinked.map(({ id }) => id)])] : []),
    ...link(tx, relinked),
    recordHistory(
      tx,
      changes.map(({ risk, ...change }) => ({ id: risk.id, ...change })),
      action,
    ),
  ]);
}

function link(tx: Transaction, risks: readonly RiskRecord[]): Promise<unknown>[] {
  const links = risks.flatMap(({ id, assets }) => assets.map((asset) => ({ riskId: id, assetId: asset.id })));
  return links.length > 0 ? [tx.query(LINK, [tx.tenantId, JSON.stringify(links)])] : [];
}

/** What has happened to risks, each by its id; the outside is told of it. The snapshot is what the statements before it left. */
export function recordHistory(tx: Transaction, changes: readonly object[], action: HistoryAction): Promise<unknown> {
  return tx.query(RECORD, [tx.tenantId, JSON.stringify(changes), action, EVENT_OF[action]]);
}

async function sent(statements: readonly Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(statements);
  } catch (error) {
    throw brokenConstraint(error) === 'risks_external_id_key' ? new DuplicateExternalId(error) : error;
  }
}
