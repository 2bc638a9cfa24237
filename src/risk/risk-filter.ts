import { SETTLED_STATUSES } from './lifecycle/risk-lifecycle';
import type { RiskQuery } from './risk-query.dto';
import { UNSCORED_LAST } from './risk-sort';
import { containing, prefixQuery } from './search/search-terms';

/** What narrows a list, without what pages and sorts it. */
export type RiskFilter = Omit<RiskQuery, 'limit' | 'cursor' | 'page' | 'total' | 'sort'>;

/** SQL condition on a risk, or a version of one, that is overdue once its due date has passed. */
export const UNSETTLED = `status <> ALL ('{${SETTLED_STATUSES.join(',')}}')`;

/** Equal filters become equal: the order in which values were given does not matter. */
export function filterOf({ limit: _, cursor: _c, page: _p, total: _t, sort: _s, ...filter }: RiskQuery): RiskFilter {
  const sorted = Object.entries(filter).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? [...(value as unknown[])].sort() : value,
  ]);
  return Object.fromEntries(sorted) as RiskFilter;
}

/**
 * Conditions on the row `r` of risks, in SQL.
 *
 * @param today the UTC day that decides what is overdue
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function filterSql(filter: RiskFilter, today: string, bind: (value: unknown) => string): string {
  const conditions = [`r.deleted_at IS NULL`];
  const add = <T>(value: T | undefined, condition: (value: T) => string): void => {
    if (value !== undefined) conditions.push(condition(value));
  };
  const anyOf = (column: string, type: string) => (values: unknown) => `r.${column} = ANY (${bind(values)}::${type}[])`;
  add(filter.q, (q) => {
    const words = `r.search @@ to_tsquery('simple', ${bind(prefixQuery(q, 'AB'))})`;
    return `(${words} OR r.title ILIKE ANY (${bind(containing(q))}::text[]))`;
  });
  add(filter.status, anyOf('status', 'text'));
  add(filter.severity, anyOf('severity', 'text'));
  add(filter.category, anyOf('category', 'text'));
  add(filter.tag, (tags) => `r.tags && ${bind(tags)}::text[]`);
  add(filter.framework, (frameworks) => `r.frameworks && ${bind(frameworks)}::text[]`);
  add(filter.ownerId, anyOf('owner_id', 'uuid'));
  add(filter.assigneeId, anyOf('assignee_id', 'uuid'));
  add(
    filter.assetId,
    (ids) =>
      `EXISTS (SELECT FROM risk_assets ra WHERE ra.tenant_id = r.tenant_id AND ra.risk_id = r.id AND ra.asset_id = ANY (${bind(ids)}::uuid[]))`,
  );
  add(filter.source, anyOf('source', 'text'));
  add(filter.probability, anyOf('probability', 'smallint'));
  add(filter.impact, anyOf('impact', 'smallint'));
  add(filter.scoreMin, (score) => `r.score >= ${bind(score)}`);
  add(filter.scoreMax, (score) => `r.score <= ${bind(score)}`);
  const { residual, target } = UNSCORED_LAST;
  add(filter.residualScoreMin, (score) => `${residual} >= ${bind(score)}`);
  add(filter.residualScoreMax, (score) => `${residual} BETWEEN 0 AND ${bind(score)}`);
  add(filter.targetScoreMin, (score) => `${target} >= ${bind(score)}`);
  add(filter.targetScoreMax, (score) => `${target} BETWEEN 0 AND ${bind(score)}`);
  add(filter.createdSince, (instant) => `r.created_at >= ${bind(instant)}::timestamptz`);
  add(filter.updatedSince, (instant) => `r.updated_at >= ${bind(instant)}::timestamptz`);
  // Written out and not bound: only then a generic plan can use their indexes.
  add(filter.acceptanceRequested, (is) => `r.acceptance_requested IS ${is ? 'TRUE' : 'FALSE'}`);
  add(filter.acceptanceExpiring, (is) => `r.acceptance_expiring IS ${is ? 'TRUE' : 'FALSE'}`);
  add(filter.overdue, (overdue) => {
    const condition = `r.due_date < ${bind(today)}::date AND r.${UNSETTLED}`;
    return overdue ? condition : `(${condition}) IS NOT TRUE`;
  });
  return conditions.join(' AND ');
}
