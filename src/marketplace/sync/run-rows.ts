import type { Transaction } from '../../database/session';
import type { SyncOutcome } from '../../risk/sync/sync-record';
import type { SyncStep } from '../connector';
import type { AppStatus } from '../apps/app-terms';
import { isSyncable } from './syncable';
import { CANCELLED, SWITCHED_OFF, SyncStopped, SyncSuperseded } from './sync.errors';

export interface BegunRun {
  readonly id: string;
  readonly appId: string;
  /** Slug. */
  readonly connector: string;
  /** Which beginning of the run this is: the last one alone stores anything. */
  readonly beginning: number;
  readonly checkpoint?: string;
  readonly failedAttempts: number;
}

/** What the run has come to so far. */
export interface RunSoFar {
  readonly read: number;
  readonly created: number;
  readonly failed: number;
}

export type RunEnd = 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

const MOST_FAILURES_KEPT = 20;
const LONGEST_ERROR = 2_000;

/** Without a checkpoint it begins again from the beginning, and counts again. Undefined for a run that is over. */
export async function beginRun(tx: Transaction, runId: string): Promise<BegunRun | undefined> {
  const [row] = await tx.query<Omit<BegunRun, 'checkpoint'> & { checkpoint: string | null }>(
    `UPDATE sync_runs r
        SET status = 'RUNNING', beginning = r.beginning + 1, retry_at = NULL,
            started_at = coalesce(r.started_at, statement_timestamp()),
            read = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.read END,
            created = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.created END,
            updated = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.updated END,
            unchanged = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.unchanged END,
            skipped = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.skipped END,
            failed = CASE WHEN r.checkpoint IS NULL THEN 0 ELSE r.failed END,
            failures = CASE WHEN r.checkpoint IS NULL THEN '[]' ELSE r.failures END
       FROM apps a
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.status IN ('QUEUED', 'RUNNING')
        AND a.tenant_id = r.tenant_id AND a.id = r.app_id
      RETURNING r.id, r.app_id AS "appId", a.connector, r.beginning, r.checkpoint,
        r.failed_attempts AS "failedAttempts"`,
    [tx.tenantId, runId],
  );
  if (!row) return undefined;
  const { checkpoint, ...run } = row;
  return { ...run, ...(checkpoint === null ? {} : { checkpoint }) };
}

/**
 * Locks the run until the end of the transaction.
 *
 * @throws SyncSuperseded; SyncStopped when it was cancelled, or its app switched off
 */
export async function lockRun(tx: Transaction, run: BegunRun): Promise<RunSoFar> {
  const [row] = await tx.query<RunSoFar & { appStatus: AppStatus; cancelled: boolean }>(
    `SELECT r.read, r.created, r.failed, a.status AS "appStatus",
            EXISTS (SELECT FROM background_jobs j
                     WHERE j.tenant_id = r.tenant_id AND j.id = r.job_id AND j.cancel_requested_at IS NOT NULL) AS cancelled
       FROM sync_runs r JOIN apps a ON a.tenant_id = r.tenant_id AND a.id = r.app_id
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.beginning = $3 AND r.status = 'RUNNING'
      FOR UPDATE OF r`,
    [tx.tenantId, run.id, run.beginning],
  );
  if (!row) throw new SyncSuperseded();
  if (row.cancelled) throw new SyncStopped(CANCELLED);
  if (!isSyncable(row.appStatus)) throw new SyncStopped(SWITCHED_OFF);
  return row;
}

/** That a step was stored, in its transaction. */
export async function keepStep(
  tx: Transaction,
  run: BegunRun,
  { checkpoint, total }: SyncStep,
  { counts, failures, vanished }: SyncOutcome & { readonly vanished: number },
): Promise<void> {
  await tx.query(
    `UPDATE sync_runs
        SET read = read + $3, created = created + $4, updated = updated + $5, unchanged = unchanged + $6,
            skipped = skipped + $7, failed = failed + $8, vanished = vanished + $9,
            failed_attempts = CASE WHEN $10::text IS DISTINCT FROM checkpoint THEN 0 ELSE failed_attempts END,
            checkpoint = $10, total = coalesce($11, total),
            failures = CASE WHEN jsonb_array_length(failures) < ${MOST_FAILURES_KEPT}
              THEN jsonb_path_query_array(failures || $12::jsonb, '$[0 to ${MOST_FAILURES_KEPT - 1}]') ELSE failures END
      WHERE tenant_id = $1 AND id = $2`,
    [
      ...[tx.tenantId, run.id, counts.read, counts.created, counts.updated, counts.unchanged, counts.skipped],
      ...[counts.failed, vanished, checkpoint ?? null, total ?? null, JSON.stringify(failures)],
    ],
  );
}

/** The next attempt is another job's. */
export async function postponeRun(
  tx: Transaction,
  run: BegunRun,
  { error, retryAt, jobId }: { readonly error: string; readonly retryAt: Date; readonly jobId: string },
): Promise<void> {
  await tx.query(
    `UPDATE sync_runs
        SET status = 'QUEUED', error = $4, retry_at = $5, job_id = $6, failed_attempts = failed_attempts + 1
      WHERE tenant_id = $1 AND id = $2 AND beginning = $3 AND status = 'RUNNING'`,
    [tx.tenantId, run.id, run.beginning, error.slice(0, LONGEST_ERROR), retryAt, jobId],
  );
}
