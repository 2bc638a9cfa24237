import { Injectable } from '@nestjs/common';
import { Cacheable } from '../cache/cacheable.decorator';
import { currentActor } from '../context/request-context';
import { Database } from '../database/database';
import { Unauthenticated } from '../errors/http.errors';
import { RbacTags } from './rbac.cache';

/** What a user is in the current tenant. */
export interface Membership {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly tenantId: string;
  readonly tenantName: string;
  readonly tenantSlug: string;
  /** Null for a role that is not predefined. */
  readonly roleKey: string | null;
  readonly roleName: string;
  readonly roleLevel: number;
}

@Injectable()
export class MembershipReader {
  constructor(private readonly database: Database) {}

  /** @throws Unauthenticated 401 when the caller's account or membership is no longer active */
  async current(): Promise<Membership> {
    const membership = await this.membershipOf(currentActor().userId);
    if (!membership) throw new Unauthenticated('The account or its membership is no longer active.');
    return membership;
  }

  /** Null when the user is not a member, is disabled, or the tenant is not active. */
  @Cacheable({
    cache: 'rbac',
    key: (userId: string) => ['member', userId],
    tags: (userId: string) => [RbacTags.member(userId)],
  })
  async membershipOf(userId: string): Promise<Membership | null> {
    const [row] = await this.database.read((session) =>
      session.query<Membership>(
        `SELECT u.id AS "userId", u.email, u.name, t.id AS "tenantId", t.name AS "tenantName", t.slug AS "tenantSlug",
                r.key AS "roleKey", r.name AS "roleName", r.level AS "roleLevel"
           FROM memberships m
           JOIN users u ON u.id = m.user_id AND u.status = 'ACTIVE'
           JOIN tenants t ON t.id = m.tenant_id AND t.status = 'ACTIVE'
           JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
          WHERE m.tenant_id = $1 AND m.user_id = $2`,
        [session.tenantId, userId],
      ),
    );
    return row ?? null;
  }
}
