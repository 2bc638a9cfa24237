import type { Transaction } from '../../database/session';
import { CANCELLED } from './sync.errors';
import type { BegunRun, RunEnd } from './run-rows';

export interface EndedRun {
  readonly runId: string;
  readonly appId: string;
  readonly status: RunEnd;
  readonly error: string | null;
  readonly durationMs: number;
}

const ENDED = `r.id AS "runId", r.app_id AS "appId", r.status, r.error,
  extract(epoch FROM r.finished_at - coalesce(r.started_at, r.finished_at))::float8 * 1000 AS "durationMs"`;
const LONGEST_ERROR = 2_000;

/** None when the run is somebody else's by now, or over. */
export function endRun(tx: Transaction, run: BegunRun, end: RunEnd, error?: string): Promise<EndedRun[]> {
  return tx.query(
    `UPDATE sync_runs r SET status = $4, error = $5, finished_at = statement_timestamp(), retry_at = NULL
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.beginning = $3 AND r.status = 'RUNNING' RETURNING ${ENDED}`,
    [tx.tenantId, run.id, run.beginning, end, error?.slice(0, LONGEST_ERROR) ?? null],
  );
}

/** None when it does not wait. */
export function cancelWaitingRun(tx: Transaction, runId: string): Promise<EndedRun[]> {
  return tx.query(
    `UPDATE sync_runs r SET status = 'CANCELLED', error = '${CANCELLED}', finished_at = statement_timestamp(), retry_at = NULL
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.status = 'QUEUED' RETURNING ${ENDED}`,
    [tx.tenantId, runId],
  );
}

export function closeDesertedRuns(tx: Transaction): Promise<EndedRun[]> {
  return tx.query(
    `UPDATE sync_runs r
        SET status = CASE j.status WHEN 'CANCELLED' THEN 'CANCELLED' ELSE 'FAILED' END, retry_at = NULL,
            error = coalesce(j.error, CASE j.status WHEN 'CANCELLED' THEN '${CANCELLED}' ELSE 'It ended without a word.' END),
            finished_at = statement_timestamp()
       FROM background_jobs j
      WHERE r.tenant_id = $1 AND r.status IN ('QUEUED', 'RUNNING') AND j.tenant_id = r.tenant_id AND j.id = r.job_id
        AND j.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED')
      RETURNING ${ENDED}`,
    [tx.tenantId],
  );
}
