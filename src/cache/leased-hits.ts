import { contextIfAny } from '../context/request-context';

const counts = new WeakMap<object, number>();
const outsideOfRequests = {};

/** Somebody in the current request was answered under a lease. */
export function countLeasedHit(): void {
  const request = contextIfAny() ?? outsideOfRequests;
  counts.set(request, leasedHits() + 1);
}

/** How often the current request was answered under a lease: what it makes of such answers may be behind. */
export function leasedHits(): number {
  return counts.get(contextIfAny() ?? outsideOfRequests) ?? 0;
}
