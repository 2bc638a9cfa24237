import { UNSETTLED } from '../risk-filter';
import { SEVERITY_THRESHOLDS } from '../risk-score';

/** $1 tenant, $2 today */
export const REGISTER_NOW = `
  SELECT severity, status, count(*) AS risks, (sum(score) * 100)::bigint AS "scoreHundredths",
    count(*) FILTER (WHERE score >= ${SEVERITY_THRESHOLDS.HIGH}) AS high,
    count(*) FILTER (WHERE due_date < $2::date AND ${UNSETTLED}) AS overdue
  FROM risks
  WHERE tenant_id = $1 AND deleted_at IS NULL
  GROUP BY severity, status`;

/**
 * $1 tenant, $2 the day at whose start. A deleted risk counts nowhere, but leaves its group, so that a register that was
 * emptied differs from one that did not exist.
 */
export const REGISTER_AS_OF = `
  WITH standing AS (
    SELECT DISTINCT ON (risk_id) severity, status, score, due_date, deleted
    FROM risk_history
    WHERE tenant_id = $1 AND at < $2::timestamp AT TIME ZONE 'UTC'
    ORDER BY risk_id, version DESC
  )
  SELECT severity, status, count(*) FILTER (WHERE NOT deleted) AS risks,
    coalesce(sum(score) FILTER (WHERE NOT deleted) * 100, 0)::bigint AS "scoreHundredths",
    count(*) FILTER (WHERE NOT deleted AND score >= ${SEVERITY_THRESHOLDS.HIGH}) AS high,
    count(*) FILTER (WHERE NOT deleted AND due_date < $2::date AND ${UNSETTLED}) AS overdue
  FROM standing
  GROUP BY severity, status`;

/** $1 tenant */
export const REGISTER_RATINGS = `
  SELECT probability, impact, count(*) AS count
  FROM risks
  WHERE tenant_id = $1 AND deleted_at IS NULL
  GROUP BY probability, impact`;

/**
 * $1 tenant, $2 first day, $3 today. One pass over the history: each version of a risk adds what it changed against the
 * version before. What the database's clock dates after today counts as today's, so that the last day is the present.
 */
export const REGISTER_CHANGES_BY_DAY = `
  WITH versions AS (
    SELECT risk_id, version, status, least(greatest((at AT TIME ZONE 'UTC')::date, $2::date - 1), $3::date) AS day,
      (NOT deleted)::int AS risks,
      CASE WHEN deleted THEN 0 ELSE score END AS score,
      (NOT deleted AND status <> 'CLOSED')::int AS open
    FROM risk_history
    WHERE tenant_id = $1
  ), changes AS (
    SELECT day,
      risks - lag(risks, 1, 0) OVER versions AS risks,
      score - lag(score, 1, 0.0) OVER versions AS score,
      open - lag(open, 1, 0) OVER versions AS open,
      (lag(version) OVER versions IS NULL)::int AS created,
      (status = 'CLOSED' AND lag(status) OVER versions IS DISTINCT FROM 'CLOSED')::int AS closed
    FROM versions
    WINDOW versions AS (PARTITION BY risk_id ORDER BY version)
  )
  SELECT day, sum(risks) AS risks, (sum(score) * 100)::bigint AS "scoreHundredths", sum(open) AS open,
    sum(created) AS created, sum(closed) AS closed
  FROM changes
  GROUP BY day
  ORDER BY day`;
