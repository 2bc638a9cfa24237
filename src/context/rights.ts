import { AsyncValue } from './async-value';
import { currentContext, NoRequestContext } from './request-context';

/** Whose things somebody may work with: everybody's in the tenant, or those of these users (their ids, sorted). */
export type Reach = 'tenant' | readonly string[];

/** What the caller of a request may do, decided once when the request came in. */
export interface Rights {
  /** Undefined without the permission. */
  reachOf(permission: string): Reach | undefined;
}

/** A programming error: what is being loaded for the cache depends on a reach that is not in its key. */
export class ReachNotInKey extends TypeError {
  constructor(permission: string) {
    super(`A cached load asked how far ${permission} reaches: its key must say so too (reach: [${permission}])`);
    this.name = 'ReachNotInKey';
  }
}

const declared = new AsyncValue<readonly string[]>();

/**
 * How far a permission of the caller reaches: nobody's things without it. Work of our own (jobs, the demo tenant) reaches
 * the whole tenant.
 *
 * @throws NoRequestContext outside of an authenticated request, or before its rights are known
 * @throws ReachNotInKey inside {@link withReachOf}, for a permission that was not named there
 */
export function currentReach(permission: string): Reach {
  const named = declared.get();
  if (named && !named.includes(permission)) throw new ReachNotInKey(permission);
  const { actor, rights } = currentContext();
  if (!actor) throw new NoRequestContext('The reach');
  if (rights) return rights.reachOf(permission) ?? [];
  if (actor.sessionId !== undefined || actor.apiTokenId !== undefined) throw new NoRequestContext('The rights');
  return 'tenant';
}

/** Runs work that may ask for the reach of these permissions and of no others. */
export function withReachOf<T>(permissions: readonly string[], work: () => T): T {
  return declared.run(permissions, work);
}

/** Whether something of these people (its owner, its assignee) is within reach. */
export function isWithin(reach: Reach, responsible: readonly (string | null)[]): boolean {
  return reach === 'tenant' || responsible.some((userId) => userId !== null && reach.includes(userId));
}
