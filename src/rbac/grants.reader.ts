import { Injectable } from '@nestjs/common';
import { currentActor } from '../context/request-context';
import { Forbidden } from './rbac.errors';
import type { Permission, Scope } from './permission';
import { MembershipReader } from './membership.reader';
import { grantsOf } from './role-matrix';

/** What the caller may do, asked anew for every request: a token carries no rights. */
@Injectable()
export class GrantsReader {
  constructor(private readonly memberships: MembershipReader) {}

  /** How far the caller's permission reaches; undefined without it. */
  async scopeOf(permission: Permission): Promise<Scope | undefined> {
    return grantsOf((await this.memberships.current()).roleKey).get(permission);
  }

  /**
   * Decides on one thing by who owns it. Until teams exist, a team is what one owns or is assigned to.
   *
   * @throws Forbidden 403 naming the permission
   */
  async assertReaches(permission: Permission, responsible: readonly (string | null)[]): Promise<void> {
    const scope = await this.scopeOf(permission);
    if (scope === 'tenant') return;
    if (scope !== undefined && responsible.includes(currentActor().userId)) return;
    throw new Forbidden(permission, `Your permission ${permission} covers only what you own or are assigned to.`);
  }
}
