import { contextIfAny } from '../context/request-context';
import type { Connection } from './connection';
import type { OpenTransaction } from './open-transaction';
import type { SessionScope } from './session';

const SET_SCOPE = `SELECT set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The given scope, or that of the request's actor, or of our own work for a tenant; empty (no tenant, no rows) outside of both.
 * @throws Error (a programming error) for ids that are not UUIDs, before anything is sent.
 */
export function chooseScope(given: SessionScope | undefined): SessionScope {
  const { actor, tenantId } = contextIfAny() ?? {};
  const scope = given ?? actor ?? (tenantId === undefined ? {} : { tenantId });
  for (const id of [scope.tenantId, scope.userId]) {
    if (id !== undefined && !UUID.test(id)) throw new Error('A session scope takes UUIDs');
  }
  return scope;
}

/** @throws Error (a programming error) when work inside a transaction asks for another tenant or user. */
export function checkSameScope(open: OpenTransaction, given: SessionScope | undefined): void {
  if (given && (given.tenantId !== open.scope.tenantId || given.userId !== open.scope.userId)) {
    throw new Error('Work inside a transaction cannot change its tenant or user');
  }
}

/**
 * Tells Postgres, until the end of the transaction, for whom it answers. A statement of its own: set inside the query it
 * would come too late. Both values are always set.
 */
export function sendScope(connection: Connection, { tenantId = '', userId = '' }: SessionScope): Promise<unknown> {
  return connection.query(SET_SCOPE, [tenantId, userId]);
}
