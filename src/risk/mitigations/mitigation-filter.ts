import { containing } from '../search/search-terms';
import { OPEN_MITIGATION } from './mitigation-lifecycle';
import type { MitigationQuery } from './mitigation-query.dto';

/** What narrows a list, without what pages and sorts it. */
export type MitigationFilter = Omit<MitigationQuery, 'limit' | 'cursor' | 'page' | 'total' | 'sort'>;

/** Equal filters become equal: the order in which values were given does not matter. */
export function mitigationFilterOf({ q, status, assigneeId, riskId, overdue }: MitigationQuery): MitigationFilter {
  return {
    ...(q === undefined ? {} : { q }),
    ...(status ? { status: status.toSorted() } : {}),
    ...(assigneeId ? { assigneeId: assigneeId.toSorted() } : {}),
    ...(riskId ? { riskId: riskId.toSorted() } : {}),
    ...(overdue === undefined ? {} : { overdue }),
  };
}

/**
 * Conditions on the row `m` of mitigations, in SQL.
 *
 * @param today the UTC day that decides what is overdue
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function mitigationFilterSql(
  { q, status, assigneeId, riskId, overdue }: MitigationFilter,
  today: string,
  bind: (value: unknown) => string,
): string {
  const conditions = ['TRUE'];
  if (q !== undefined) conditions.push(`m.title ILIKE ANY (${bind(containing(q))}::text[])`);
  if (status) conditions.push(`m.status = ANY (${bind(status)}::text[])`);
  if (assigneeId) conditions.push(`m.assignee_id = ANY (${bind(assigneeId)}::uuid[])`);
  if (riskId) conditions.push(`m.risk_id = ANY (${bind(riskId)}::uuid[])`);
  if (overdue !== undefined) {
    const isOverdue = `(m.due_date < ${bind(today)}::date AND m.${OPEN_MITIGATION})`;
    conditions.push(overdue ? isOverdue : `${isOverdue} IS NOT TRUE`);
  }
  return conditions.join(' AND ');
}
