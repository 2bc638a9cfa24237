/** Longer than any attempt takes: who has not said how it went by then is taken for dead. */
const LEASE_SECONDS = 60;

/**
 * $1 tenant, $2 now, $3 claim, $4 how many at most. Of each subject only the first that is pending may go; those behind
 * it wait at least until it is due. Whoever delivers it sets the next one free.
 */
export const CLAIM = `
  WITH due AS (
    SELECT d.id, d.subscriber_id, d.subject_id, d.position
      FROM outbox_deliveries d
      JOIN outbox_subscribers s ON s.tenant_id = d.tenant_id AND s.id = d.subscriber_id
     WHERE d.tenant_id = $1 AND d.status = 'PENDING' AND d.due_at <= $2
       AND s.active AND (s.paused_until IS NULL OR s.paused_until <= $2)
     ORDER BY d.due_at, d.position
     LIMIT $4
     FOR UPDATE OF d SKIP LOCKED),
  judged AS (
    SELECT due.id, (
        SELECT first.due_at FROM outbox_deliveries first
         WHERE first.tenant_id = $1 AND first.status = 'PENDING' AND first.subscriber_id = due.subscriber_id
           AND first.subject_id = due.subject_id AND first.position < due.position
         ORDER BY first.position LIMIT 1) AS behind
      FROM due),
  claimed AS (
    UPDATE outbox_deliveries d
       SET due_at = greatest(judged.behind, $2::timestamptz + interval '${LEASE_SECONDS} seconds'),
           claim = CASE WHEN judged.behind IS NULL THEN $3::uuid END
      FROM judged
     WHERE d.tenant_id = $1 AND d.id = judged.id
    RETURNING d.id, d.subscriber_id, d.subject_id, d.position, d.attempt_count, d.event_id, d.claim)
  SELECT c.id, c.subscriber_id AS "subscriberId", c.subject_id AS "subjectId", c.position::text AS position,
         c.attempt_count AS attempts, c.claim, e.at,
         json_build_object('id', e.id, 'type', e.type, 'actorId', e.actor_id, 'data', e.data) AS event
    FROM claimed c JOIN outbox_events e ON e.tenant_id = $1 AND e.id = c.event_id
   ORDER BY c.position`;

/** $1 tenant, $2 id, $3 claim, $4 status, $5 when it is due or over, $6 the attempt. Nothing, when the claim was lost. */
export const SETTLE = `
  UPDATE outbox_deliveries
     SET status = $4, due_at = $5, claim = NULL, attempt_count = attempt_count + 1,
         delivered_at = CASE WHEN $4 = 'DELIVERED' THEN $5::timestamptz END, attempts = attempts || $6::jsonb
   WHERE tenant_id = $1 AND id = $2 AND claim = $3`;

/** $1 tenant, $2 id, $3 claim, $4 when it is due. */
export const HAND_BACK = `
  UPDATE outbox_deliveries SET due_at = $4, claim = NULL WHERE tenant_id = $1 AND id = $2 AND claim = $3`;

/** $1 tenant, $2 subscriber, $3 subject, $4 position behind which, $5 when it is due at the latest. */
export const FREE_NEXT = `
  UPDATE outbox_deliveries SET due_at = least(due_at, $5)
   WHERE tenant_id = $1 AND id = (
     SELECT id FROM outbox_deliveries
      WHERE tenant_id = $1 AND status = 'PENDING' AND subscriber_id = $2 AND subject_id = $3 AND position > $4::bigint
      ORDER BY position LIMIT 1)`;
