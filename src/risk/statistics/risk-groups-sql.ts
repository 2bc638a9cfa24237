/** By what risks can be counted: SQL of the group, of the row `r` of risks. */
const RISK_GROUPS = {
  severity: { key: 'r.severity', join: '' },
  status: { key: 'r.status', join: '' },
  category: { key: 'r.category', join: '' },
  framework: { key: 'f.name', join: 'CROSS JOIN LATERAL unnest(r.frameworks) AS f (name)' },
  owner: { key: 'r.owner_id', join: '' },
} as const satisfies Record<string, { readonly key: string; readonly join: string }>;

export type RiskGrouping = keyof typeof RISK_GROUPS;

/** $1 tenant, $2 how many groups at most: the largest. `reachable` is a condition on the row `r` of risks. */
export const riskGroups = (grouping: RiskGrouping) => (reachable: string) => {
  const { key, join } = RISK_GROUPS[grouping];
  const label = grouping === 'owner' ? '(SELECT u.name FROM users u WHERE u.id = g.key)' : 'NULL';
  return `
  SELECT g.*, ${label} AS label FROM (
    SELECT ${key} AS key, count(*) AS risks, (sum(r.score) * 100)::bigint AS "scoreHundredths",
           count(*) OVER () AS groups
      FROM risks r ${join}
     WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND ${reachable}
     GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST LIMIT $2) g
  ORDER BY g.risks DESC, g.key NULLS LAST`;
};
