import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { Transaction } from '../database/session';
import type { Acting } from './escalation';
import { reachesAsFar, type Permission } from './permission';
import { authorizationOf } from './principal';
import { PrincipalReader } from './principal.reader';
import { Forbidden } from './rbac.errors';

const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('openrisk access ' || $1::text, 0))`;

/** Waits until no other change of who may do what is under way in the tenant, and keeps others waiting until COMMIT. */
export async function takeTurn(tx: Transaction): Promise<void> {
  await tx.query(LOCK, [tx.tenantId]);
}

/**
 * Changes of who may do what. Those of one tenant take turns, so that each decides on what the one before has left: of two
 * Admins who demote each other one finds that they are no Admin any more, or the last one.
 */
@Injectable()
export class AccessChanges {
  constructor(
    private readonly database: Database,
    private readonly principals: PrincipalReader,
  ) {}

  /**
   * Runs `work` in a transaction, with the caller's rights as they are when their turn has come.
   *
   * @param permission what the caller needs, in the whole tenant: the guard has asked before the turn came
   * @throws Unauthenticated 401 when the caller is no longer good, Forbidden 403 without the permission
   */
  change<T>(permission: Permission, work: (tx: Transaction, acting: Acting) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await takeTurn(tx);
      const principal = await this.principals.current();
      const { grants } = authorizationOf(principal);
      if (!reachesAsFar(grants.get(permission), 'tenant')) throw new Forbidden(permission);
      const { userId, role } = principal;
      return work(tx, { userId, roleId: role.id, level: role.level, grants });
    });
  }
}
