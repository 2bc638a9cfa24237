import { UNSETTLED } from '../risk-filter';
import { EVERYTHING } from '../risk-reach';
import { HIGH_RISK_SCORE } from '../risk-score';

// In each of these $1 is the tenant, and `reachable` a condition on the row `r` of risks: of the whole tenant the tallies
// are added up, which are kept with every change.

export const registerNow = (reachable: string): string =>
  reachable === EVERYTHING
    ? `
  SELECT severity, status, sum(risks) AS risks, sum(score_hundredths) AS "scoreHundredths", sum(high) AS high
  FROM risk_tallies
  WHERE tenant_id = $1
  GROUP BY severity, status
  HAVING sum(risks) > 0`
    : `
  SELECT severity, status, count(*) AS risks, (sum(score) * 100)::bigint AS "scoreHundredths",
    count(*) FILTER (WHERE score >= ${HIGH_RISK_SCORE}) AS high
  FROM risks r
  WHERE tenant_id = $1 AND deleted_at IS NULL AND ${reachable}
  GROUP BY severity, status`;

/** $2 today */
export const overdueNow = (reachable: string): string =>
  reachable === EVERYTHING
    ? 'SELECT coalesce(sum(risks), 0) AS overdue FROM risk_dues WHERE tenant_id = $1 AND due_date < $2::date'
    : `
  SELECT count(*) AS overdue FROM risks r
  WHERE tenant_id = $1 AND deleted_at IS NULL AND due_date < $2::date AND ${UNSETTLED} AND ${reachable}`;

/**
 * $2 the day at whose start. A risk that has not changed since was as it is; of the others the last version
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

export const registerRatings = (reachable: string): string =>
  reachable === EVERYTHING
    ? `
  SELECT probability, impact, sum(risks) AS count
  FROM risk_tallies
  WHERE tenant_id = $1
  GROUP BY probability, impact
  HAVING sum(risks) > 0`
    : `
  SELECT probability, impact, count(*) AS count
  FROM risks r
  WHERE tenant_id = $1 AND deleted_at IS NULL AND ${reachable}
  GROUP BY probability, impact`;

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

/** $2 first day, $3 today: what has left and entered each severity and status by day. */
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

/** $2 first day, $3 today: what happened by day, whatever became of the risks. */
export const registerEventsByDay = (reachable: string): string => `
  SELECT ${DAY} AS day,
    count(*) FILTER (WHERE old.version IS NULL) AS created,
    count(*) FILTER (WHERE v.status = 'CLOSED' AND old.status IS DISTINCT FROM 'CLOSED') AS closed,
    count(*) FILTER (WHERE v.status = 'ACCEPTED' AND old.status IS DISTINCT FROM 'ACCEPTED') AS accepted,
    count(*) FILTER (WHERE v.status <> old.status) AS "statusChanges"
  FROM ${VERSIONS}
  WHERE ${since(reachable)}
  GROUP BY 1`;

/** Of the whole tenant: the risks that are not settled, by the day they are due. */
export const DUES = `
  SELECT due_date AS "dueDate", sum(risks) AS risks FROM risk_dues
  WHERE tenant_id = $1 GROUP BY 1 HAVING sum(risks) <> 0`;

/** Of the whole tenant, $2 first day, $3 today: what has entered these and left them by day. */
export const DUE_CHANGES_BY_DAY = `
  SELECT ${DAY} AS day, moved.due_date AS "dueDate", sum(moved.sign) AS risks
  FROM ${VERSIONS}
  CROSS JOIN LATERAL (VALUES
    (1, v.due_date, NOT v.deleted AND v.${UNSETTLED}), (-1, old.due_date, NOT old.deleted AND old.${UNSETTLED})
  ) AS moved (sign, due_date, counts)
  WHERE ${since(EVERYTHING)} AND moved.counts AND moved.due_date IS NOT NULL
  GROUP BY 1, 2
  HAVING sum(moved.sign) <> 0`;

/** A version of a risk is within reach when the risk is. Nothing is looked up where everything is. */
function ofReachable(version: string, reachable: string): string {
  if (reachable === EVERYTHING) return EVERYTHING;
  return `${version}.risk_id IN (SELECT r.id FROM risks r WHERE r.tenant_id = $1 AND ${reachable})`;
}
