import { HIGH_RISK_SCORE } from '../../src/risk/risk-score';
import { UNSETTLED } from '../../src/risk/risk-filter';
import { withClient } from '../support/open-database';

/**
 * What differs between the tallies and the risks, or the mitigations and theirs, of all tenants.
 *
 * @param adminUrl of somebody whom row level security does not bind
 */
export function tallyDrift(adminUrl: string): Promise<unknown[]> {
  return withClient(adminUrl, async (sql) => {
    const keys = 'tenant_id, severity, status, probability, impact';
    const { rows: tallies } = await sql.query(`
      SELECT ${keys}, sum(risks)::int, sum(score)::bigint, sum(high)::int FROM (
        SELECT ${keys}, risks, score_hundredths AS score, high FROM risk_tallies
        UNION ALL
        SELECT ${keys}, -1, -round(score * 100), -(score >= ${HIGH_RISK_SCORE})::int FROM risks WHERE deleted_at IS NULL
      ) t GROUP BY ${keys} HAVING sum(risks) <> 0 OR sum(score) <> 0 OR sum(high) <> 0`);
    const { rows: dues } = await sql.query(`
      SELECT tenant_id, due_date, sum(risks) FROM (
        SELECT tenant_id, due_date, risks FROM risk_dues
        UNION ALL
        SELECT tenant_id, due_date, -1 FROM risks WHERE deleted_at IS NULL AND due_date IS NOT NULL AND ${UNSETTLED}
      ) t GROUP BY 1, 2 HAVING sum(risks) <> 0`);
    const { rows: groups } = await sql.query(`
      SELECT tenant_id, grouping, key, sum(risks), sum(score) FROM (
        SELECT tenant_id, grouping, key, risks, score_hundredths AS score FROM risk_groups
        UNION ALL
        SELECT tenant_id, g.grouping, g.key, -1, -round(score * 100) FROM risks
         CROSS JOIN LATERAL (SELECT 'category', category UNION ALL SELECT 'owner', owner_id::text
                             UNION ALL SELECT 'framework', unnest(frameworks)) AS g (grouping, key)
         WHERE deleted_at IS NULL
      ) t GROUP BY 1, 2, 3 HAVING sum(risks) <> 0 OR sum(score) <> 0`);
    const { rows: mitigations } = await sql.query(`
      SELECT r.score, r.deleted_at, m.risk_score FROM mitigations m JOIN risks r USING (tenant_id)
       WHERE r.id = m.risk_id AND m.risk_score IS DISTINCT FROM CASE WHEN r.deleted_at IS NULL THEN r.score END`);
    return [...tallies, ...dues, ...groups, ...mitigations];
  });
}
