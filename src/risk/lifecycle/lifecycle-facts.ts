import type { ReadSession } from '../../database/session';
import type { LifecycleFacts } from './risk-lifecycle';

const ACTIVE_MITIGATIONS = `
  SELECT count(*) AS count FROM mitigations
   WHERE tenant_id = $1 AND risk_id = $2 AND status NOT IN ('DONE', 'CANCELLED')`;

/** What the lifecycle's guards need to know. Nobody can accept a risk yet, so none is accepted. */
export async function lifecycleFacts(session: ReadSession, riskId: string): Promise<LifecycleFacts> {
  const [row] = await session.query<{ count: number }>(ACTIVE_MITIGATIONS, [session.tenantId, riskId]);
  return { activeMitigations: row?.count ?? 0, accepted: false };
}
