import { contextIfAny } from '../../context/request-context';
import { instantSql } from '../../database/instant-sql';
import type { ReadSession, Transaction } from '../../database/session';
import type { RiskStatus } from '../lifecycle/risk-lifecycle';
import type { RiskRecord } from '../risk-record';
import type { RiskResponse } from '../risk.dto';
import type { AcceptanceStatus } from './acceptance-terms';
import type { AcceptanceResponse } from './acceptance.dto';

const person = (column: string): string => `CASE WHEN a.${column} IS NOT NULL THEN json_build_object('id', a.${column},
    'name', (SELECT u.name FROM users u WHERE u.id = a.${column})) END`;

/** SQL of the representation of the row `a` of risk_acceptances. */
export const ACCEPTANCE_JSON = `json_build_object(
  'id', a.id, 'riskId', a.risk_id, 'status', a.status, 'justification', a.justification, 'validUntil', a.valid_until,
  'riskVersion', a.risk_version, 'requestedBy', ${person('requested_by')}, 'requestedAt', ${instantSql('a.requested_at')},
  'decidedBy', ${person('decided_by')}, 'decidedAt', ${instantSql('a.decided_at')}, 'decisionComment', a.decision_comment,
  'warnedAt', ${instantSql('a.warned_at')}, 'endedBy', ${person('ended_by')}, 'endedAt', ${instantSql('a.ended_at')},
  'endComment', a.end_comment)`;

/** One that waits or is in force, of a risk that the transaction has locked. */
export interface LiveAcceptance {
  readonly id: string;
  readonly riskId: string;
  readonly status: 'PENDING' | 'APPROVED';
  readonly validUntil: string;
  readonly requestedBy: string;
  readonly isWarned: boolean;
}

/** Whoever changes acceptances has locked their risk: nobody else is at them. */
export function liveAcceptances(tx: Transaction, riskId: string): Promise<LiveAcceptance[]> {
  return tx.query<LiveAcceptance>(
    `SELECT id, risk_id AS "riskId", status, valid_until AS "validUntil", requested_by AS "requestedBy",
            warned_at IS NOT NULL AS "isWarned"
       FROM risk_acceptances WHERE tenant_id = $1 AND risk_id = $2 AND status IN ('PENDING', 'APPROVED')`,
    [tx.tenantId, riskId],
  );
}

export async function endAcceptance(
  tx: Transaction,
  id: string,
  status: Exclude<AcceptanceStatus, 'PENDING' | 'APPROVED' | 'REJECTED'>,
  comment?: string,
): Promise<void> {
  await tx.query(
    `UPDATE risk_acceptances SET status = $3, ended_by = $4, ended_at = statement_timestamp(), end_comment = $5
      WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, status, contextIfAny()?.actor?.userId ?? null, comment ?? null],
  );
}

export async function shownAcceptance(session: ReadSession, id: string): Promise<AcceptanceResponse> {
  const [row] = await session.query<{ acceptance: AcceptanceResponse }>(
    `SELECT ${ACCEPTANCE_JSON} AS acceptance FROM risk_acceptances a WHERE a.tenant_id = $1 AND a.id = $2`,
    [session.tenantId, id],
  );
  if (!row) throw new Error('An acceptance that was just stored is not there');
  return row.acceptance;
}

/**
 * What a move ends: leaving ACCEPTED the acceptance in force, being CLOSED also one that waits.
 *
 * @returns what is different in the risk then
 */
export async function endAcceptances(
  tx: Transaction,
  { id, status, acceptedUntil, acceptanceRequested }: RiskResponse,
  to: RiskStatus,
): Promise<Partial<RiskRecord>> {
  const isLeft = acceptedUntil !== null && (status === 'ACCEPTED' || to === 'CLOSED');
  const isDropped = acceptanceRequested && to === 'CLOSED';
  if (!isLeft && !isDropped) return {};
  for (const live of await liveAcceptances(tx, id)) {
    if (live.status === 'APPROVED' ? isLeft : isDropped) await endAcceptance(tx, live.id, 'ENDED');
  }
  return {
    ...(isLeft && { acceptedUntil: null, acceptanceExpiring: false }),
    ...(isDropped && { acceptanceRequested: false }),
  };
}
