import type { ReadSession } from '../../database/session';
import { OPEN_MITIGATION } from '../mitigations/mitigation-lifecycle';
import type { LifecycleFacts } from './risk-lifecycle';

const MITIGATIONS = `
  SELECT count(*) AS mitigations, count(*) FILTER (WHERE ${OPEN_MITIGATION}) AS "activeMitigations" FROM mitigations
   WHERE tenant_id = $1 AND risk_id = $2`;

/** What the lifecycle's guards need to know. Nobody can accept a risk yet, so none is accepted. */
export async function lifecycleFacts(session: ReadSession, riskId: string): Promise<LifecycleFacts> {
  const [row] = await session.query<Omit<LifecycleFacts, 'accepted'>>(MITIGATIONS, [session.tenantId, riskId]);
  return { mitigations: 0, activeMitigations: 0, ...row, accepted: false };
}
