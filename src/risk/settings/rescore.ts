import { bindings } from '../../database/bindings';
import type { Transaction } from '../../database/session';
import { REVIEW_CADENCE_DAYS } from '../reviews/review-cadence';
import type { SeverityThresholds } from '../risk-score';
import { recordHistory } from '../risk-writer';
import { severityRule } from './severity-sql';

/** Each statement stays far below the time that a statement has. */
const RISKS_AT_A_TIME = 5_000;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

interface Moved {
  readonly id: string;
  readonly changedFields: string[];
}

/**
 * Gives every risk that is not deleted (those are scored when they are restored) the severities of new thresholds. A
 * risk that moves has another version since, and its history says so; the others are not touched. The settings are
 * {@link takeSettings taken}.
 *
 * @param comment of the history
 * @returns how many moved
 */
export async function rescore(tx: Transaction, thresholds: SeverityThresholds, comment: string): Promise<number> {
  const { parameters, bind } = bindings(tx.tenantId);
  const severityOf = severityRule(thresholds, bind);
  const statement = moveBatch(severityOf, bind(RISKS_AT_A_TIME), `$${parameters.length + 1}`);
  let moved = 0;
  for (let after = LOWEST_ID; ;) {
    const batch = await tx.query<Moved>(statement, [...parameters, after]);
    const last = batch.at(-1);
    if (!last) return moved;
    await recordHistory(
      tx,
      batch.map((risk) => ({ ...risk, comment })),
      'UPDATED',
    );
    moved += batch.length;
    after = last.id;
  }
}

/** Answers in the order of the ids. */
function moveBatch(severityOf: (score: string) => string, limit: string, after: string): string {
  const columns = [
    { field: 'severity', column: 'severity', value: severityOf('r.score') },
    { field: 'residualSeverity', column: 'residual_severity', value: severityOf('r.residual_score') },
    { field: 'targetSeverity', column: 'target_severity', value: severityOf('r.target_score') },
    { field: 'nextReviewAt', column: 'next_review_at', value: reviewBroughtForward(severityOf('r.score')) },
  ].map((each) => ({ ...each, differs: `r.${each.column} IS DISTINCT FROM ${each.value}` }));
  const severities = columns.filter(({ column }) => column !== 'next_review_at');
  return `
    WITH moving AS (
      SELECT r.id, array_remove(ARRAY[
          ${columns.map(({ field, differs }) => `CASE WHEN ${differs} THEN '${field}' END`).join(', ')}], NULL) AS fields
        FROM risks r
       WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND r.id > ${after}::uuid
         AND (${severities.map(({ differs }) => differs).join(' OR ')})
       ORDER BY r.id LIMIT ${limit}),
    moved AS (
      UPDATE risks r
         SET ${columns.map(({ column, value }) => `${column} = ${value}`).join(', ')},
             version = r.version + 1, updated_at = statement_timestamp()
        FROM moving
       WHERE r.tenant_id = $1 AND r.id = moving.id
      RETURNING r.id, moving.fields)
    SELECT id, fields AS "changedFields" FROM moved ORDER BY id`;
}

/** As the rule of the reviews has it: a severity that asks for a shorter cadence counts from today. */
function reviewBroughtForward(severity: string): string {
  const cadenceOf = (of: string): string =>
    `CASE ${of} ${Object.entries(REVIEW_CADENCE_DAYS)
      .map(([each, days]) => `WHEN '${each}' THEN ${days}`)
      .join(' ')} END`;
  return `CASE WHEN r.next_review_at IS NOT NULL AND r.review_cadence_days IS NULL
        AND ${cadenceOf(severity)} < ${cadenceOf('r.severity')}
      THEN least(r.next_review_at, (statement_timestamp() AT TIME ZONE 'UTC')::date + ${cadenceOf(severity)})
      ELSE r.next_review_at END`;
}
