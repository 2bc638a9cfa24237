import { Injectable } from '@nestjs/common';
import { Cacheable } from '../cache/cacheable.decorator';
import { currentActor } from '../context/request-context';
import { Database } from '../database/database';
import { assertLive, NoLongerMember, type Principal } from './principal';
import { RbacTags } from './rbac.cache';

/** Which session or API token; a request has one of them, work of our own neither. */
interface CredentialIds {
  readonly sessionId?: string;
  readonly apiTokenId?: string;
}

const none: CredentialIds = {};

/** $1 tenant, $2 user, $3 session or null, $4 API token or null; one row for a member, whatever their status. */
const PRINCIPAL = `
  SELECT m.tenant_id, u.id AS "userId", u.email, u.name, u.status AS "accountStatus", m.status AS "membershipStatus",
    json_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'status', t.status) AS tenant,
    json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'permissions', r.permissions) AS role,
    ARRAY(SELECT team_id::text FROM team_members WHERE tenant_id = $1 AND user_id = $2 ORDER BY team_id) AS "teamIds",
    ARRAY(SELECT DISTINCT mate.user_id::text
            FROM team_members mine
            JOIN team_members mate ON mate.tenant_id = $1 AND mate.team_id = mine.team_id
           WHERE mine.tenant_id = $1 AND mine.user_id = $2 AND mate.user_id <> $2
           ORDER BY 1) AS "teamMateIds",
    (SELECT json_build_object('expiresAt', c.expires_at, 'isRevoked', c.revoked_at IS NOT NULL, 'grants', c.grants)
       FROM (SELECT expires_at, revoked_at, NULL::text[] AS grants
               FROM sessions WHERE tenant_id = $1 AND id = $3::uuid AND user_id = $2
             UNION ALL
             SELECT expires_at, revoked_at, grants
               FROM api_tokens WHERE tenant_id = $1 AND id = $4::uuid AND user_id = $2) c) AS credential
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN tenants t ON t.id = m.tenant_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  WHERE m.tenant_id = $1 AND m.user_id = $2`;

@Injectable()
export class PrincipalReader {
  constructor(private readonly database: Database) {}

  /**
   * The caller, as they are now; inside a transaction as it sees them. What has expired is refused at once, however long
   * it was cached.
   *
   * @throws Unauthenticated 401 when account, membership, session or API token are no longer good
   */
  async current(): Promise<Principal> {
    const { userId, sessionId, apiTokenId } = currentActor();
    const principal = await this.principalOf(userId, {
      ...(sessionId !== undefined && { sessionId }),
      ...(apiTokenId !== undefined && { apiTokenId }),
    });
    if (!principal) throw new NoLongerMember();
    assertLive(principal, sessionId !== undefined || apiTokenId !== undefined);
    return principal;
  }

  /** Null for somebody who is no member. Disabled ones and those whose credential has ended are there, and say so. */
  @Cacheable({
    cache: 'rbac',
    key: (userId: string, { sessionId, apiTokenId }: CredentialIds = none) => [
      'principal',
      userId,
      { sessionId, apiTokenId },
    ],
    tags: (userId: string, { sessionId, apiTokenId }: CredentialIds = none) => [
      RbacTags.member(userId),
      RbacTags.roles,
      RbacTags.teams,
      RbacTags.tenant,
      ...[sessionId, apiTokenId].filter((id) => id !== undefined).map(RbacTags.credential),
    ],
  })
  async principalOf(userId: string, { sessionId, apiTokenId }: CredentialIds = none): Promise<Principal | null> {
    const [row] = await this.database.read((session) =>
      session.query<Principal>(PRINCIPAL, [session.tenantId, userId, sessionId ?? null, apiTokenId ?? null]),
    );
    return row ?? null;
  }
}
