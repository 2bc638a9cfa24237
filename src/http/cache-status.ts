import { contextIfAny, type RequestContext } from '../context/request-context';

/** How a cached value came to be; sent as `Cache-Status` (RFC 9211) and `X-Cache` when that value is the answer. */
export interface CacheOutcome {
  readonly status: 'hit' | 'miss' | 'stale' | 'bypass';
  /** Seconds the stored value may still live; absent when nothing is stored. */
  readonly ttlSeconds?: number;
}

const outcomes = new WeakMap<RequestContext, { value: object; outcome: CacheOutcome }>();

/** Called by the cache for each value it hands out; the last one that is also the answer wins. */
export function reportCacheOutcome(value: object, outcome: CacheOutcome): void {
  const context = contextIfAny();
  if (context) outcomes.set(context, { value, outcome });
}

/** The outcome of exactly this answer in this request, if a cache was asked for it. */
export function cacheOutcomeOf(context: RequestContext, answer: object): CacheOutcome | undefined {
  const reported = outcomes.get(context);
  return reported?.value === answer ? reported.outcome : undefined;
}
