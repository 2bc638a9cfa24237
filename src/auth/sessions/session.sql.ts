/**
 * Whose membership is good. Of a deleted tenant only its Admins are let in: they can restore it. Both rows are held until
 * the session is there, so that whoever disables them or changes the password finds it.
 *
 * $1 tenant, $2 session, $3 user, $4 address, $5 user agent, $6 seconds to live, $7 password hash that was verified or null
 */
export const OPEN_SESSION = `
  WITH member AS (
    SELECT t.slug, t.name
      FROM memberships m
      JOIN users u ON u.id = m.user_id
      JOIN tenants t ON t.id = m.tenant_id
      JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
     WHERE m.tenant_id = $1 AND m.user_id = $3 AND m.status = 'ACTIVE' AND u.status = 'ACTIVE'
       AND ($7::text IS NULL OR u.password_hash = $7) AND (t.status <> 'DELETED' OR r.key = 'admin')
       FOR SHARE OF m, u
  ), session AS (
    INSERT INTO sessions (tenant_id, id, user_id, address, user_agent, expires_at)
    SELECT $1, $2, $3, $4, $5, now() + $6::integer * interval '1 second' FROM member
    RETURNING expires_at
  )
  SELECT slug, name, expires_at AS "expiresAt" FROM member, session`;

export const INSERT_REFRESH_TOKEN = `INSERT INTO refresh_tokens (tenant_id, secret_hash, session_id) VALUES ($1, $2, $3)`;

/** A few at a time, at each login: nobody waits for a great clean-up. $1 tenant, $2 user */
export const REMOVE_ENDED_SESSIONS = `
  DELETE FROM sessions
   WHERE tenant_id = $1 AND id IN (
     SELECT id FROM sessions
      WHERE tenant_id = $1 AND user_id = $2 AND (expires_at < now() OR revoked_at < now())
      LIMIT 20 FOR UPDATE SKIP LOCKED)`;

/** $1 tenant, $2 user, $3 sessions */
export const END_SESSIONS = `
  UPDATE sessions SET revoked_at = now()
   WHERE tenant_id = $1 AND user_id = $2 AND id = ANY ($3) AND revoked_at IS NULL AND expires_at > now()
   RETURNING id`;
