import { createHash } from 'node:crypto';
import { currentActor, currentTenantId } from '../context/request-context';
import { currentReach, type Reach } from '../context/rights';
import type { Audience } from './cache-key';
import { NAMED_CACHES, type CacheName } from './cache-names';

/**
 * Who may be given what the caller is given: everybody in the tenant, the caller alone, or those whose permissions reach
 * the things of the same people.
 *
 * @throws NoRequestContext without a tenant; ReachNotInKey inside of a load that did not name the permission
 */
export function audienceOf(
  cache: CacheName,
  visibility: 'tenant' | 'user' = 'tenant',
  reach: readonly string[] = [],
): Audience {
  if (NAMED_CACHES[cache].shared) return { tenantId: undefined, userId: undefined };
  const within = reachesOf(reach.map(currentReach));
  if (visibility === 'tenant') return { tenantId: currentTenantId(), userId: undefined, reach: within };
  const { tenantId, userId } = currentActor();
  return { tenantId, userId, reach: within };
}

function reachesOf(reaches: readonly Reach[]): string | undefined {
  return reaches.every((reach) => reach === 'tenant') ? undefined : reaches.map(nameOf).join(' ');
}

const names = new WeakMap<readonly string[], string>();

/** One person's id as it is, a hash of several. */
function nameOf(reach: Reach): string {
  if (reach === 'tenant') return reach;
  const known = names.get(reach);
  if (known !== undefined) return known;
  const name = reach.length === 1 ? (reach[0] ?? '') : createHash('sha256').update(reach.join(' ')).digest('hex');
  names.set(reach, name);
  return name;
}
