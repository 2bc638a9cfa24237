import { currentActor } from '../context/request-context';
import { currentReach, type Reach } from '../context/rights';
import { bindings } from '../database/bindings';
import type { ReadSession } from '../database/session';
import { Permission } from '../rbac/permission';
import type { RiskResponse } from './risk.dto';

/** Who a risk belongs to: what `own` and `team` go by. */
export function responsibleFor({ ownerId, assigneeId }: Pick<RiskResponse, 'ownerId' | 'assigneeId'>) {
  return [ownerId, assigneeId];
}

/** How a decision on one risk is asked for. */
export function decisionOn(risk: Pick<RiskResponse, 'ownerId' | 'assigneeId'>) {
  return { kind: 'risk', seen: Permission.RiskRead, responsible: responsibleFor(risk) };
}

/** Who owns a new risk that names no owner: nobody where that is within reach, else its maker. */
export function ownerWithin(reach: Reach): string | null {
  return reach === 'tenant' ? null : currentActor().userId;
}

/** SQL condition that every risk fulfils. */
export const EVERYTHING = 'TRUE';

/**
 * SQL condition on the row `r` of risks: within reach. The one on a whole tenant is the same statement as without.
 *
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function reachSql(reach: Reach, bind: (value: unknown) => string): string {
  if (reach === 'tenant') return EVERYTHING;
  const people = bind(reach);
  return `(r.owner_id = ANY (${people}::uuid[]) OR r.assignee_id = ANY (${people}::uuid[]))`;
}

/** How many of these risks the caller may see. */
export async function countInReach(session: ReadSession, ids: readonly string[]): Promise<number> {
  const { parameters, bind } = bindings(session.tenantId, ids);
  const reachable = reachSql(currentReach(Permission.RiskRead), bind);
  const [counted] = await session.query<{ count: number }>(
    `SELECT count(*) AS count FROM risks r WHERE r.tenant_id = $1 AND r.id = ANY ($2::uuid[]) AND ${reachable}`,
    parameters,
  );
  return counted?.count ?? 0;
}

/** Whether there is such a risk, not deleted, that the caller may see. */
export async function riskInReach(session: ReadSession, id: string): Promise<boolean> {
  const { parameters, bind } = bindings(session.tenantId, id);
  const rows = await session.query(
    `SELECT r.id FROM risks r
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
        AND ${reachSql(currentReach(Permission.RiskRead), bind)}`,
    parameters,
  );
  return rows.length > 0;
}
