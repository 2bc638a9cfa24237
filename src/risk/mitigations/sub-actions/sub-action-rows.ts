import type { ReadSession, Transaction } from '../../../database/session';
import type { SubActionResponse } from './sub-action.dto';

/** SQL of the one representation of a sub-action (SubActionResponse), of its row `s`. */
export const SUB_ACTION_JSON = `json_build_object(
  'id', s.id, 'mitigationId', s.mitigation_id, 'title', s.title, 'done', s.done, 'position', s.position)`;

/** All of a mitigation, in their order. */
export async function readSubActions(session: ReadSession, mitigationId: string): Promise<SubActionResponse[]> {
  const rows = await session.query<{ subAction: SubActionResponse }>(
    `SELECT s.tenant_id, ${SUB_ACTION_JSON} AS "subAction" FROM mitigation_sub_actions s
      WHERE s.tenant_id = $1 AND s.mitigation_id = $2 ORDER BY s.position, s.id`,
    [session.tenantId, mitigationId],
  );
  return rows.map(({ subAction }) => subAction);
}

/** Makes what is stored of a mitigation that the transaction has locked this list. */
export async function storeSubActions(
  tx: Transaction,
  mitigationId: string,
  list: readonly SubActionResponse[],
): Promise<void> {
  await Promise.all([
    tx.query(
      `DELETE FROM mitigation_sub_actions WHERE tenant_id = $1 AND mitigation_id = $2 AND id <> ALL ($3::uuid[])`,
      [tx.tenantId, mitigationId, list.map(({ id }) => id)],
    ),
    tx.query(
      `INSERT INTO mitigation_sub_actions AS stored (tenant_id, id, mitigation_id, title, done, position)
       SELECT $1, x.id, $2, x.title, x.done, x.position
         FROM jsonb_to_recordset($3::jsonb) AS x(id uuid, title text, done boolean, position integer)
       ON CONFLICT (tenant_id, id) DO UPDATE SET title = excluded.title, done = excluded.done, position = excluded.position
        WHERE (stored.title, stored.done, stored.position) IS DISTINCT FROM (excluded.title, excluded.done, excluded.position)`,
      [tx.tenantId, mitigationId, JSON.stringify(list)],
    ),
  ]);
}
