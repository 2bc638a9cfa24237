import { UNSETTLED } from '../risk-filter';
import { EVERYTHING } from '../risk-reach';
import { HIGH_RISK_SCORE } from '../risk-score';

/** $1 tenant, $2 today. In each of these, `reachable` is a condition on the row `r` of risks. */
export const registerNow = (reachable: string): string => `
  SELECT severity, status, count(*) AS risks, (sum(score) * 100)::bigint AS "scoreHundredths",
    count(*) FILTER (WHERE score >= ${HIGH_RISK_SCORE}) AS high,
    count(*) FILTER (WHERE due_date < $2::date AND ${UNSETTLED}) AS overdue
  FROM risks r
  WHERE tenant_id = $1 AND deleted_at IS NULL AND ${reachable}
  GROUP BY severity, status`;

/**
 * $1 tenant, $2 the day at whose start. A risk that has not changed since was as it is; of the others the last version
 * before counts: the cost is that of the register and of what changed, not of the whole history. A deleted risk counts
 * nowhere, but leaves its group, so that a register that was emptied differs from one that did not exist.
 * Whose a risk is now decides: who may see it may see its past.
 */
export const registerAsOf = (reachable: string): string => `
  WITH standing AS (
    SELECT severity, status, score, due_date, deleted_at IS NOT NULL AS deleted
    FROM risks r
    WHERE tenant_id = $1 AND ${reachable} AND updated_at < $2::timestamp AT TIME ZONE 'UTC'
    UNION ALL
    SELECT version.*
    FROM risks r
    CROSS JOIN LATERAL (
      SELECT severity, status, score, due_date, deleted
      FROM risk_history
      WHERE tenant_id = $1 AND risk_id = r.id AND at < $2::timestamp AT TIME ZONE 'UTC'
      ORDER BY version DESC
      LIMIT 1
    ) version
    WHERE r.tenant_id = $1 AND ${reachable} AND r.updated_at >= $2::timestamp AT TIME ZONE 'UTC'
  )
  SELECT severity, status, count(*) FILTER (WHERE NOT deleted) AS risks,
    coalesce(sum(score) FILTER (WHERE NOT deleted) * 100, 0)::bigint AS "scoreHundredths",
    count(*) FILTER (WHERE NOT deleted AND score >= ${HIGH_RISK_SCORE}) AS high,
    count(*) FILTER (WHERE NOT deleted AND due_date < $2::date AND ${UNSETTLED}) AS overdue
  FROM standing
  GROUP BY severity, status`;

/** $1 tenant */
export const registerRatings = (reachable: string): string => `
  SELECT probability, impact, count(*) AS count
  FROM risks r
  WHERE tenant_id = $1 AND deleted_at IS NULL AND ${reachable}
  GROUP BY probability, impact`;

/** $1 tenant */
export const registerBegan = (reachable: string): string => `
  SELECT (min(h.at) AT TIME ZONE 'UTC')::date AS day FROM risk_history h
  WHERE h.tenant_id = $1 AND ${ofReachable('h', reachable)}`;

/** What the database's clock dates after today, $3, counts as today's, so that the last day is the present. */
const DAY = `least((v.at AT TIME ZONE 'UTC')::date, $3::date)`;

/** Each version since the start of a day, $2, beside the one before it. */
const VERSIONS = `
  risk_history v
  LEFT JOIN risk_history old
    ON old.tenant_id = v.tenant_id AND old.risk_id = v.risk_id AND old.version = v.version - 1`;

const since = (reachable: string): string =>
  `v.tenant_id = $1 AND v.at >= $2::timestamp AT TIME ZONE 'UTC' AND ${ofReachable('v', reachable)}`;

/** $1 tenant, $2 first day, $3 today: what has left and entered each severity and status by day. */
export const registerChangesByDay = (reachable: string): string => `
  SELECT ${DAY} AS day, moved.severity, moved.status, sum(moved.sign) AS risks,
    (sum(moved.sign * moved.score) * 100)::bigint AS "scoreHundredths",
    coalesce(sum(moved.sign) FILTER (WHERE moved.score >= ${HIGH_RISK_SCORE}), 0) AS high
  FROM ${VERSIONS}
  CROSS JOIN LATERAL (VALUES
    (1, v.severity, v.status, v.score, NOT v.deleted), (-1, old.severity, old.status, old.score, NOT old.deleted)
  ) AS moved (sign, severity, status, score, counts)
  WHERE ${since(reachable)} AND moved.counts
  GROUP BY 1, 2, 3`;

/** $1 tenant, $2 first day, $3 today: what happened by day, whatever became of the risks. */
export const registerEventsByDay = (reachable: string): string => `
  SELECT ${DAY} AS day,
    count(*) FILTER (WHERE old.version IS NULL) AS created,
    count(*) FILTER (WHERE v.status = 'CLOSED' AND old.status IS DISTINCT FROM 'CLOSED') AS closed,
    count(*) FILTER (WHERE v.status = 'ACCEPTED' AND old.status IS DISTINCT FROM 'ACCEPTED') AS accepted,
    count(*) FILTER (WHERE v.status <> old.status) AS "statusChanges"
  FROM ${VERSIONS}
  WHERE ${since(reachable)}
  GROUP BY 1`;

/** A version of a risk is within reach when the risk is. Nothing is looked up where everything is. */
function ofReachable(version: string, reachable: string): string {
  if (reachable === EVERYTHING) return EVERYTHING;
  return `${version}.risk_id IN (SELECT r.id FROM risks r WHERE r.tenant_id = $1 AND ${reachable})`;
}
