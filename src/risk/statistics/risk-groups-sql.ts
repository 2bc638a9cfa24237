import { EVERYTHING } from '../risk-reach';

interface Grouping {
  /** SQL of the group, of the row `r` of risks. */
  readonly key: string;
  readonly join?: string;
  /** What the tallies of whole tenants have of it. */
  readonly tallies: string;
}

const kept = (grouping: string): string =>
  `SELECT key, risks, score_hundredths FROM risk_groups WHERE tenant_id = $1 AND grouping = '${grouping}'`;
const talliedBy = (column: string): string =>
  `SELECT ${column} AS key, risks, score_hundredths FROM risk_tallies WHERE tenant_id = $1`;

/** By what risks can be counted. */
const RISK_GROUPS = {
  severity: { key: 'r.severity', tallies: talliedBy('severity') },
  status: { key: 'r.status', tallies: talliedBy('status') },
  category: { key: 'r.category', tallies: kept('category') },
  framework: {
    key: 'f.name',
    join: 'CROSS JOIN LATERAL unnest(r.frameworks) AS f (name)',
    tallies: kept('framework'),
  },
  owner: { key: 'r.owner_id::text', tallies: kept('owner') },
} as const satisfies Record<string, Grouping>;

export type RiskGrouping = keyof typeof RISK_GROUPS;

/** $1 tenant, $2 how many groups at most: the largest. `reachable` is a condition on the row `r` of risks. */
export const riskGroups =
  (grouping: RiskGrouping) =>
  (reachable: string): string => {
    const { key, join = '', tallies }: Grouping = RISK_GROUPS[grouping];
    const counted = `
    SELECT ${key} AS key, 1 AS risks, round(r.score * 100) AS score_hundredths
      FROM risks r ${join}
     WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND ${reachable}`;
    const label = grouping === 'owner' ? '(SELECT u.name FROM users u WHERE u.id = g.key::uuid)' : 'NULL';
    return `
  SELECT g.*, ${label} AS label FROM (
    SELECT key, sum(risks) AS risks, sum(score_hundredths) AS "scoreHundredths", count(*) OVER () AS groups
      FROM (${reachable === EVERYTHING ? tallies : counted}) AS one
     GROUP BY 1 HAVING sum(risks) > 0 ORDER BY 2 DESC, 1 NULLS LAST LIMIT $2) g
  ORDER BY g.risks DESC, g.key NULLS LAST`;
  };
