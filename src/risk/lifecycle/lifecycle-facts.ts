import type { ReadSession } from '../../database/session';
import { OPEN_MITIGATION } from '../mitigations/mitigation-lifecycle';
import type { LifecycleFacts } from './risk-lifecycle';

const MITIGATIONS = `
  SELECT count(*) AS mitigations, count(*) FILTER (WHERE ${OPEN_MITIGATION}) AS "activeMitigations" FROM mitigations
   WHERE tenant_id = $1 AND risk_id = $2`;

const ACCEPTANCE_IN_FORCE = `
  SELECT a.id FROM risk_acceptances a
   WHERE a.tenant_id = $1 AND a.risk_id = $2 AND a.status = 'APPROVED' AND a.valid_until >= $3::date`;

/** What the lifecycle's guards need to know. `today` is the UTC day that decides whether an acceptance is in force. */
export async function lifecycleFacts(session: ReadSession, riskId: string, today: string): Promise<LifecycleFacts> {
  const [[mitigations], acceptances] = await Promise.all([
    session.query<Omit<LifecycleFacts, 'accepted'>>(MITIGATIONS, [session.tenantId, riskId]),
    session.query(ACCEPTANCE_IN_FORCE, [session.tenantId, riskId, today]),
  ]);
  return { mitigations: 0, activeMitigations: 0, ...mitigations, accepted: acceptances.length > 0 };
}
