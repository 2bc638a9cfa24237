import type { ReadSession, Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { lockRisks } from '../risk-record';
import type { RiskResponse } from '../risk.dto';
import type { MitigationFields } from './mitigation-change';
import { MITIGATION_JSON } from './mitigation-json';
import type { MitigationResponse } from './mitigation.dto';

/** A mitigation and the risk that it is for, both locked. */
export interface LockedMitigation {
  readonly risk: RiskResponse;
  readonly mitigation: MitigationResponse;
}

/** Which risk a mitigation is for: the same for all of its life. @throws NotFound 404 */
export async function riskIdOf(session: ReadSession, id: string): Promise<string> {
  const [row] = await session.query<{ riskId: string }>(
    'SELECT tenant_id, risk_id AS "riskId" FROM mitigations WHERE tenant_id = $1 AND id = $2',
    [session.tenantId, id],
  );
  if (!row) throw new NotFound('mitigation');
  return row.riskId;
}

/**
 * Locks the risk, then its mitigation. Every change of a mitigation takes the lock of its risk, as the risk's transitions
 * do: neither can pass the other unseen.
 *
 * @throws NotFound 404
 */
export async function lockMitigation(tx: Transaction, riskId: string, id: string): Promise<LockedMitigation> {
  const [[risk], , mitigation] = await Promise.all([
    lockRisks(tx, [riskId]),
    tx.query('SELECT FROM mitigations WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tx.tenantId, id]),
    readMitigation(tx, id),
  ]);
  if (!risk || risk.deletedAt !== null || !mitigation) throw new NotFound('mitigation');
  return { risk, mitigation };
}

export async function readMitigation(session: ReadSession, id: string): Promise<MitigationResponse | undefined> {
  const [row] = await session.query<{ mitigation: MitigationResponse }>(
    `SELECT m.tenant_id, ${MITIGATION_JSON} AS mitigation FROM mitigations m WHERE m.tenant_id = $1 AND m.id = $2`,
    [session.tenantId, id],
  );
  return row?.mitigation;
}

export async function insertMitigation(
  tx: Transaction,
  riskId: string,
  id: string,
  { title, assigneeId, status, progress, dueDate, cost, durationDays }: MitigationFields,
): Promise<void> {
  await tx.query(
    `INSERT INTO mitigations (tenant_id, id, risk_id, title, assignee_id, status, progress, due_date, cost, duration_days,
       created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, statement_timestamp(), statement_timestamp())`,
    [tx.tenantId, id, riskId, title, assigneeId, status, progress, dueDate, cost, durationDays],
  );
}

/** Stores the new state of a mitigation that the transaction has locked: its next version. */
export async function updateMitigation(
  tx: Transaction,
  id: string,
  { title, assigneeId, status, progress, dueDate, cost, durationDays }: MitigationFields,
): Promise<void> {
  await tx.query(
    `UPDATE mitigations
        SET title = $3, assignee_id = $4, status = $5, progress = $6, due_date = $7, cost = $8, duration_days = $9,
            completed_at = CASE WHEN $5 = 'DONE' THEN coalesce(completed_at, statement_timestamp()) END,
            version = version + 1, updated_at = statement_timestamp()
      WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, title, assigneeId, status, progress, dueDate, cost, durationDays],
  );
}

/** The next version of a mitigation whose sub-actions have changed, with the progress that follows from them. */
export async function followSubActions(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    `UPDATE mitigations m
        SET progress = coalesce((
              SELECT round(100.0 * count(*) FILTER (WHERE s.done) / nullif(count(*), 0)) FROM mitigation_sub_actions s
               WHERE s.tenant_id = m.tenant_id AND s.mitigation_id = m.id), m.progress),
            version = m.version + 1, updated_at = statement_timestamp()
      WHERE m.tenant_id = $1 AND m.id = $2`,
    [tx.tenantId, id],
  );
}
