import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentActor, currentTenantId } from '../../context/request-context';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { OPEN_INVITATION } from '../invitations/accept-invitation';
import { RbacTags } from '../rbac.cache';
import { MEMBER_STATUS, MEMBERS } from '../users/member-rows';
import type { MyTenantsResponse, TenantResponse, TenantStatsResponse } from './tenant.dto';

const TENANT = `
  SELECT json_build_object(
    'id', t.id, 'name', t.name, 'slug', t.slug, 'status', t.status,
    'owner', json_build_object('id', u.id, 'name', u.name), 'metadata', t.metadata, 'version', t.version,
    'createdAt', ${instantSql('t.created_at')}, 'updatedAt', ${instantSql('t.updated_at')}) AS tenant
    FROM tenants t JOIN users u ON u.id = t.owner_id
   WHERE t.id = $1`;

/** One tenant at a time: whoever names another than their token's is told that there is none. */
@Injectable()
export class TenantReader {
  constructor(private readonly database: Database) {}

  /** Those where the caller may log in. Not cached: a membership of another tenant evicts nothing in this one. */
  async mine(): Promise<MyTenantsResponse> {
    const { userId, tenantId } = currentActor();
    const items = await this.database.read(
      (session) => session.query<MyTenantsResponse['items'][number]>(MINE, [userId, tenantId]),
      { userId },
    );
    return { items };
  }

  /** @throws NotFound 404 */
  async get(id: string): Promise<TenantResponse> {
    assertCurrentTenant(id);
    return this.current();
  }

  /** For {@link get}. */
  @Cacheable({ cache: 'rbac', key: () => ['tenant'], tags: [RbacTags.tenant] })
  async current(): Promise<TenantResponse> {
    return this.database.read(shownTenant);
  }

  /** Not cached: an invitation expires without anybody changing it. @throws NotFound 404 */
  async stats(id: string): Promise<TenantStatsResponse> {
    assertCurrentTenant(id);
    const [row] = await this.database.read((session) => session.query<TenantStatsResponse>(STATS, [session.tenantId]));
    if (!row) throw new NotFound('tenant');
    return row;
  }
}

/** @throws NotFound 404 for every other tenant, be there one or not */
export function assertCurrentTenant(id: string): void {
  if (id !== currentTenantId()) throw new NotFound('tenant');
}

/** @throws NotFound 404 */
export async function shownTenant(session: ReadSession): Promise<TenantResponse> {
  const [row] = await session.query<{ tenant: TenantResponse }>(TENANT, [session.tenantId]);
  if (!row) throw new NotFound('tenant');
  return row.tenant;
}

const MINE = `
  SELECT t.id, t.name, t.slug, t.status, t.id = $2 AS current, ${instantSql('m.created_at')} AS "joinedAt"
    FROM memberships m JOIN tenants t ON t.id = m.tenant_id
   WHERE m.user_id = $1 AND m.status = 'ACTIVE' AND (t.status <> 'DELETED' OR t.id = $2)
   ORDER BY t.name, t.id`;

const STATS = `
  SELECT count(*) FILTER (WHERE status = 'ACTIVE') AS "activeMembers",
         count(*) FILTER (WHERE status = 'DISABLED') AS "disabledMembers",
         count(*) FILTER (WHERE status = 'ACTIVE' AND key = 'admin') AS admins,
         (SELECT count(*) FROM roles WHERE tenant_id = $1 AND key IS NULL) AS "ownRoles",
         (SELECT count(*) FROM teams WHERE tenant_id = $1) AS teams,
         (SELECT count(*) FROM invitations i WHERE i.tenant_id = $1 AND ${OPEN_INVITATION}) AS "openInvitations"
    FROM (SELECT ${MEMBER_STATUS} AS status, r.key FROM ${MEMBERS} WHERE m.tenant_id = $1) member`;
