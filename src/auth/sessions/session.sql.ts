/**
 * Whose membership is good. Of a deleted tenant only its Admins are let in: they can restore it. Both rows are held until
 * the session is there, so that whoever disables them or changes the password finds it.
 *
 * $1 tenant, $2 session, $3 user, $4 address, $5 user agent, $6 seconds to live, $7 password hash that was verified or null,
 * $8 epoch of the session that this one follows or null
 */
export const OPEN_SESSION = `
  WITH member AS (
    SELECT t.slug, t.name, u.session_epoch
      FROM memberships m
      JOIN users u ON u.id = m.user_id
      JOIN tenants t ON t.id = m.tenant_id
      JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
     WHERE m.tenant_id = $1 AND m.user_id = $3 AND m.status = 'ACTIVE' AND u.status = 'ACTIVE'
       AND ($7::text IS NULL OR u.password_hash = $7) AND ($8::integer IS NULL OR u.session_epoch = $8)
       AND (t.status <> 'DELETED' OR r.key = 'admin')
       FOR SHARE OF m, u
  ), session AS (
    INSERT INTO sessions (tenant_id, id, user_id, epoch, address, user_agent, expires_at)
    SELECT $1, $2, $3, session_epoch, $4, $5, now() + $6::integer * interval '1 second' FROM member
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

/** Of more than so many live ones, those unused for longest. $1 tenant, $2 user, $3 how many stay */
export const END_SURPLUS = `
  UPDATE sessions SET revoked_at = now()
   WHERE tenant_id = $1 AND id IN (
     SELECT id FROM sessions
      WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()
      ORDER BY last_used_at DESC, id OFFSET $3)
   RETURNING id`;

/** $1 tenant, $2 user, $3 sessions */
export const END_SESSIONS = `
  UPDATE sessions SET revoked_at = now()
   WHERE tenant_id = $1 AND user_id = $2 AND id = ANY ($3) AND revoked_at IS NULL AND expires_at > now()
   RETURNING id, epoch`;

/** Keeps the session, and no other of its user: they are still to be ended. $1 tenant, $2 session, $3 user */
export const RAISE_EPOCH = `
  WITH raised AS (
    UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $3 RETURNING session_epoch
  )
  UPDATE sessions SET epoch = raised.session_epoch FROM raised WHERE tenant_id = $1 AND id = $2`;

/** Until the end of the transaction, while it and everything it stands on is good. $1 tenant, $2 session */
export const HOLD_SESSION = `
  SELECT t.slug, t.name
    FROM sessions s
    JOIN memberships m ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id AND m.status = 'ACTIVE'
    JOIN users u ON u.id = s.user_id AND u.status = 'ACTIVE'
    JOIN tenants t ON t.id = s.tenant_id
    JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
   WHERE s.tenant_id = $1 AND s.id = $2 AND s.revoked_at IS NULL AND s.expires_at > now()
     AND (t.status <> 'DELETED' OR r.key = 'admin')
     FOR UPDATE OF s`;

/** $1 tenant, $2 hash, $3 session */
export const USE_REFRESH_TOKEN = `
  UPDATE refresh_tokens SET used_at = now()
   WHERE tenant_id = $1 AND secret_hash = $2 AND session_id = $3 AND used_at IS NULL
   RETURNING session_id`;

/** $1 tenant, $2 session, $3 seconds in all, $4 seconds unused, $5 address, $6 user agent */
export const EXTEND_SESSION = `
  UPDATE sessions
     SET last_used_at = now(), address = $5, user_agent = $6,
         expires_at = least(created_at + $3::integer * interval '1 second', now() + $4::integer * interval '1 second')
   WHERE tenant_id = $1 AND id = $2
   RETURNING expires_at AS "expiresAt"`;

/** Used ones are kept for as long as a session lasts unused: one that comes later is refused like an unknown one. */
export const REMOVE_OLD_TOKENS = `
  DELETE FROM refresh_tokens
   WHERE tenant_id = $1 AND session_id = $2 AND used_at < now() - $3::integer * interval '1 second'`;
