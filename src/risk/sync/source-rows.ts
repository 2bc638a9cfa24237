import type { Transaction } from '../../database/session';
import type { RiskCandidate } from '../import/import-row';
import type { BroughtLikelihood, KnownRisk } from './known-source';
import type { SyncSource } from './sync-record';

export type SourceKind = 'RISK' | 'LIKELIHOOD';

/** What a source says of a risk now. */
export interface SourceWord {
  readonly externalId: string;
  readonly riskId: string;
  readonly brought: RiskCandidate | BroughtLikelihood;
}

/** Steps of one connector take turns, so that two of them cannot both find a risk missing. */
export function takeTurn(tx: Transaction, connector: string): Promise<unknown> {
  return tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('risk-sync ' || $1 || ' ' || $2, 0))`, [
    ...[tx.tenantId, connector],
  ]);
}

/** By external id. A risk that carries the id of the source, without a word of it, counts as well. */
export async function knownRisks(
  tx: Transaction,
  connector: string,
  registeredIds: ReadonlyMap<string, string>,
): Promise<Map<string, KnownRisk>> {
  const rows = await tx.query<KnownRisk & { externalId: string }>(
    `SELECT x.external_id AS "externalId", coalesce(s.risk_id, r.id) AS "riskId", s.brought
       FROM unnest($3::text[], $4::text[]) AS x (external_id, registered_id)
       LEFT JOIN risk_sources s ON s.tenant_id = $1 AND s.connector = $2 AND s.kind = 'RISK'
         AND s.external_id = x.external_id
       LEFT JOIN risks r ON r.tenant_id = $1 AND r.source = 'CONNECTOR' AND r.external_id = x.registered_id
      WHERE s.risk_id IS NOT NULL OR r.id IS NOT NULL`,
    [tx.tenantId, connector, [...registeredIds.keys()], [...registeredIds.values()]],
  );
  return new Map(
    rows.map(({ externalId, ...known }) => [externalId, { ...known, brought: known.brought ?? undefined }]),
  );
}

/** Risks that are not deleted, by their CVE. */
export async function risksWithCve(tx: Transaction, cves: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; cve: string }>(
    'SELECT id, cve_id AS cve FROM risks WHERE tenant_id = $1 AND cve_id = ANY ($2::text[]) AND deleted_at IS NULL',
    [tx.tenantId, cves],
  );
  return new Map(rows.map(({ id, cve }) => [id, cve]));
}

export async function broughtLikelihoods(
  tx: Transaction,
  connector: string,
  riskIds: readonly string[],
): Promise<Map<string, BroughtLikelihood>> {
  const rows = await tx.query<{ riskId: string; brought: BroughtLikelihood }>(
    `SELECT risk_id AS "riskId", brought FROM risk_sources
      WHERE tenant_id = $1 AND connector = $2 AND kind = 'LIKELIHOOD' AND risk_id = ANY ($3::uuid[])`,
    [tx.tenantId, connector, riskIds],
  );
  return new Map(rows.map(({ riskId, brought }) => [riskId, brought]));
}

/** Keeps what was said, of risks that may be new, and that it was said in this run: whatever had vanished is back. */
export async function keepWords(
  tx: Transaction,
  { connector, runId }: SyncSource,
  kind: SourceKind,
  words: readonly SourceWord[],
): Promise<void> {
  if (words.length === 0) return;
  await tx.query(
    `INSERT INTO risk_sources AS s (tenant_id, connector, kind, external_id, risk_id, brought, last_run_id)
     SELECT $1, $2, $3, x."externalId", x."riskId", x.brought, $4
       FROM jsonb_to_recordset($5::jsonb) AS x ("externalId" text, "riskId" uuid, brought jsonb)
     ON CONFLICT (tenant_id, connector, kind, external_id, risk_id) DO UPDATE
       SET brought = excluded.brought, last_run_id = excluded.last_run_id, last_seen_at = statement_timestamp(),
           vanished_at = NULL`,
    [tx.tenantId, connector, kind, runId, JSON.stringify(words)],
  );
}

/** The same where the source still has something but says nothing new of it, or nothing that can be taken over. */
export async function keepSeen(
  tx: Transaction,
  { connector, runId }: SyncSource,
  kind: SourceKind,
  externalIds: readonly string[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(
    `UPDATE risk_sources SET last_run_id = $4, last_seen_at = statement_timestamp(), vanished_at = NULL
      WHERE tenant_id = $1 AND connector = $2 AND kind = $3 AND external_id = ANY ($5::text[])`,
    [tx.tenantId, connector, kind, runId, externalIds],
  );
}

/** @returns how many the run has not seen and are marked since */
export async function markUnseen(tx: Transaction, { connector, runId }: SyncSource): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `WITH marked AS (
       UPDATE risk_sources SET vanished_at = statement_timestamp()
        WHERE tenant_id = $1 AND connector = $2 AND last_run_id <> $3 AND vanished_at IS NULL
        RETURNING 1)
     SELECT count(*) AS count FROM marked`,
    [tx.tenantId, connector, runId],
  );
  return row?.count ?? 0;
}
