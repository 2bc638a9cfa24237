import { Injectable } from '@nestjs/common';
import { contextIfAny } from '../context/request-context';
import { inTransaction } from '../database/transaction.events';
import { Authorization, isWithin } from './authorization';
import type { Permission, Scope } from './permission';
import { authorizationOf } from './principal';
import { PrincipalReader } from './principal.reader';
import { Forbidden } from './rbac.errors';

/** What the caller may do. A token carries no rights: they were asked for when the request came in. */
@Injectable()
export class GrantsReader {
  constructor(private readonly principals: PrincipalReader) {}

  /** As the guard has decided on the request; inside a transaction asked anew, as it sees them. */
  async current(): Promise<Authorization> {
    const rights = contextIfAny()?.rights;
    if (rights instanceof Authorization && !inTransaction()) return rights;
    return authorizationOf(await this.principals.current());
  }

  /** How far the caller's permission reaches; undefined without it. */
  async scopeOf(permission: Permission): Promise<Scope | undefined> {
    return (await this.current()).scopeOf(permission);
  }

  /**
   * Decides on one thing by who is responsible for it (its owner, its assignee).
   *
   * @throws Forbidden 403 naming the permission
   */
  async assertReaches(permission: Permission, responsible: readonly (string | null)[]): Promise<void> {
    const reach = (await this.current()).reachOf(permission) ?? [];
    if (!isWithin(reach, responsible)) throw new Forbidden(permission, `Your ${permission} does not reach this.`);
  }
}
