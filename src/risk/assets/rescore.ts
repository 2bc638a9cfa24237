import type { Transaction } from '../../database/session';
import { utcToday } from '../../http/period';
import { reviewBroughtForward, type ReviewedRisk } from '../reviews/review-cadence';
import { changedFields, scoresOf, type Ratings, type Scores } from '../risk-record';
import type { Criticality, Severity, SeverityThresholds } from '../risk-score';
import { recordHistory } from '../risk-writer';

const RISKS_AT_A_TIME = 2_000;

/** Of a risk, no more than its scores and its next review are made of: there may be many. */
interface RatedRisk extends Ratings, Scores, ReviewedRisk {
  readonly severity: Severity;
  readonly id: string;
  readonly criticalities: readonly Criticality[];
}

const LOCK = 'SELECT FROM risks WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE';

const RATED = `
  SELECT r.id, r.probability, r.impact, r.score, r.severity, r.residual_probability AS "residualProbability",
         r.residual_impact AS "residualImpact", r.residual_score AS "residualScore",
         r.residual_severity AS "residualSeverity", r.target_probability AS "targetProbability",
         r.target_impact AS "targetImpact", r.target_score AS "targetScore", r.target_severity AS "targetSeverity",
         r.review_cadence_days AS "reviewCadenceDays", r.next_review_at AS "nextReviewAt",
         ARRAY(SELECT a.criticality FROM risk_assets ra JOIN assets a ON a.tenant_id = ra.tenant_id AND a.id = ra.asset_id
                WHERE ra.tenant_id = r.tenant_id AND ra.risk_id = r.id) AS criticalities
    FROM risks r
   WHERE r.tenant_id = $1 AND r.id = ANY ($2::uuid[]) AND r.deleted_at IS NULL`;

const UPDATE_SCORES = `
  UPDATE risks r
     SET score = x.score, severity = x.severity, residual_score = x."residualScore",
         residual_severity = x."residualSeverity", target_score = x."targetScore", target_severity = x."targetSeverity",
         next_review_at = x."nextReviewAt",
         version = r.version + 1, updated_at = statement_timestamp()
    FROM jsonb_to_recordset($2::jsonb) AS x(id uuid, score float8, severity text, "residualScore" float8,
      "residualSeverity" text, "targetScore" float8, "targetSeverity" text, "nextReviewAt" date)
   WHERE r.tenant_id = $1 AND r.id = x.id`;

/** The risks that name an asset, deleted ones not: those are scored when they are restored. */
export async function risksOfAsset(tx: Transaction, assetId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT r.id FROM risk_assets ra JOIN risks r ON r.tenant_id = ra.tenant_id AND r.id = ra.risk_id
      WHERE ra.tenant_id = $1 AND ra.asset_id = $2 AND r.deleted_at IS NULL ORDER BY r.id`,
    [tx.tenantId, assetId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Before the asset itself is locked, since whoever changes a risk locks it before its assets: in the other order each
 * would wait for the other.
 */
export async function lockRisksOfAsset(tx: Transaction, assetId: string): Promise<void> {
  await tx.query(LOCK, [tx.tenantId, await risksOfAsset(tx, assetId)]);
}

/**
 * Scores risks anew after an asset of theirs has changed or gone: a new version of each, with its history.
 *
 * @param thresholds held since before the asset was locked
 * @param comment says in their history why
 */
export async function rescoreRisks(
  tx: Transaction,
  ids: readonly string[],
  thresholds: SeverityThresholds,
  comment: string,
): Promise<void> {
  const today = utcToday();
  for (let start = 0; start < ids.length; start += RISKS_AT_A_TIME) {
    const some = [tx.tenantId, ids.slice(start, start + RISKS_AT_A_TIME)];
    // Two statements: one that waits for a lock sees other rows as they were before it waited.
    const [, risks] = await Promise.all([tx.query(LOCK, some), tx.query<RatedRisk>(RATED, some)]);
    const changes = risks.map(({ criticalities, ...before }) => {
      const scores = scoresOf(before, criticalities, thresholds);
      const after = { ...scores, nextReviewAt: reviewBroughtForward(before, { ...before, ...scores }, today) };
      return { id: before.id, ...after, changedFields: [...changedFields(before, after), 'assets'], comment };
    });
    await Promise.all([
      tx.query(UPDATE_SCORES, [tx.tenantId, JSON.stringify(changes)]),
      recordHistory(tx, changes, 'UPDATED'),
    ]);
  }
}
