import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../database/session';
import { NotFound } from '../errors/http.errors';
import { RISK_JSON } from './risk-json';
import {
  riskScore,
  severityOf,
  type Criticality,
  type Likelihood,
  type Severity,
  type SeverityThresholds,
} from './risk-score';
import type { RiskResponse } from './risk.dto';
import { holdSettings } from './settings/settings-lock';

/** A risk as it is to be stored: what the database adds itself is missing. */
export type RiskRecord = Omit<RiskResponse, 'version' | 'createdAt' | 'updatedAt'>;

/** What nobody sends. */
export type Scored = 'score' | 'severity' | 'residualScore' | 'residualSeverity' | 'targetScore' | 'targetSeverity';

/** What the scores of a risk are made of. */
export type Ratings = Pick<
  RiskRecord,
  'probability' | 'impact' | 'residualProbability' | 'residualImpact' | 'targetProbability' | 'targetImpact'
>;
export type Scores = Pick<RiskRecord, Scored>;

/**
 * Computes what follows from the ratings and the assets.
 *
 * @param thresholds those in force, {@link heldThresholds held} until the risk is stored
 */
export function scored(risk: Omit<RiskRecord, Scored>, thresholds: SeverityThresholds): RiskRecord {
  const criticalities = risk.assets.map(({ criticality }) => criticality);
  return { ...risk, ...scoresOf(risk, criticalities, thresholds) };
}

/** Inherent, residual and target, all by the same rule. */
export function scoresOf(
  ratings: Ratings,
  criticalities: readonly Criticality[],
  thresholds: SeverityThresholds,
): Scores {
  const rated = (likelihood: Likelihood): [score: number, severity: Severity] => {
    const score = riskScore(likelihood, criticalities);
    return [score, severityOf(score, thresholds)];
  };
  const ifRated = (probability: number | null, impact: number | null) =>
    probability === null || impact === null ? ([null, null] as const) : rated({ probability, impact });
  const [score, severity] = rated(ratings);
  const [residualScore, residualSeverity] = ifRated(ratings.residualProbability, ratings.residualImpact);
  const [targetScore, targetSeverity] = ifRated(ratings.targetProbability, ratings.targetImpact);
  return { score, severity, residualScore, residualSeverity, targetScore, targetSeverity };
}

const bookkeeping = new Set(['version', 'createdAt', 'updatedAt']);

/** Names of the fields that differ, in the order of the representation. */
export function changedFields(before: Partial<RiskRecord>, after: Partial<RiskRecord>): string[] {
  const fields = Object.keys(after) as (keyof RiskRecord)[];
  return fields.filter((field) => !bookkeeping.has(field) && !isDeepStrictEqual(before[field], after[field]));
}

/**
 * Locks a risk until the end of the transaction and reads it as the last committed change left it.
 *
 * @throws NotFound 404, also for a deleted risk unless those are asked for
 */
export async function lockRisk(
  tx: Transaction,
  id: string,
  deleted: 'hidden' | 'visible' = 'hidden',
): Promise<RiskResponse> {
  const [risk] = await lockRisks(tx, [id]);
  if (!risk || (deleted === 'hidden' && risk.deletedAt !== null)) throw new NotFound('risk');
  return risk;
}

/**
 * Locks those that exist, deleted ones too, and holds what their scores depend on: the tenant's thresholds and the
 * criticality of their assets. Who locks other rows as well holds the settings before them.
 */
export async function lockRisks(tx: Transaction, ids: readonly string[]): Promise<RiskResponse[]> {
  // Statements of their own: one that waits for a lock sees other tables as they were before it waited.
  const [, , , risks] = await Promise.all([
    holdSettings(tx),
    tx.query('SELECT FROM risks WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE', [
      tx.tenantId,
      ids,
    ]),
    tx.query(
      `SELECT FROM assets
        WHERE tenant_id = $1
          AND id IN (SELECT asset_id FROM risk_assets WHERE tenant_id = $1 AND risk_id = ANY ($2::uuid[]))
        ORDER BY id FOR SHARE`,
      [tx.tenantId, ids],
    ),
    readRisks(tx, ids),
  ]);
  return risks;
}

export async function readRisks(tx: Transaction, ids: readonly string[]): Promise<RiskResponse[]> {
  const rows = await tx.query<{ risk: RiskResponse }>(
    `SELECT r.tenant_id, ${RISK_JSON} AS risk FROM risks r WHERE r.tenant_id = $1 AND r.id = ANY ($2::uuid[])`,
    [tx.tenantId, ids],
  );
  return rows.map(({ risk }) => risk);
}
