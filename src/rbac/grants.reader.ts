import { Injectable } from '@nestjs/common';
import { contextIfAny } from '../context/request-context';
import { currentReach, isWithin } from '../context/rights';
import { inTransaction } from '../database/transaction.events';
import { NotFound } from '../errors/http.errors';
import { Authorization } from './authorization';
import type { Permission, Scope } from './permission';
import { authorizationOf } from './principal';
import { PrincipalReader } from './principal.reader';
import { OutOfReach } from './rbac.errors';
import { AuthorizationMetrics } from './rbac.metrics';

/** What the caller may do. A token carries no rights: they were asked for when the request came in. */
@Injectable()
export class GrantsReader {
  constructor(
    private readonly principals: PrincipalReader,
    private readonly metrics: AuthorizationMetrics,
  ) {}

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
   * Decides on one thing by who is responsible for it (its owner, its assignee): whether the caller sees it at all, then
   * whether the permission for what they are about to do reaches it. As the guard has decided on the request.
   *
   * @param seen what they need to see it
   * @throws NotFound 404 for what the caller may not see; Forbidden 403, naming the permission, for what they may not do
   */
  assertReaches(
    permission: Permission,
    { kind, seen, responsible }: { kind: string; seen: Permission; responsible: readonly (string | null)[] },
  ): void {
    const isSeen = isWithin(currentReach(seen), responsible);
    if (isSeen && isWithin(currentReach(permission), responsible)) return;
    this.metrics.decided(isSeen ? permission : seen, 'out-of-reach');
    throw isSeen ? new OutOfReach(permission) : new NotFound(kind);
  }
}
