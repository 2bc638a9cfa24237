import type { CacheName } from './cache-names';
import { recordCacheable, type AsyncMethodDecorator } from './decorated-methods';
import type { KeyPart } from './key-part';
import type { ReadMode } from './store';
import type { Tag } from './tag';
import type { TagList } from './tag-list';

export interface CacheableOptions<Args extends unknown[], Result = unknown> {
  readonly cache: CacheName;
  /**
   * Everything the answer depends on, defaults filled in; tenant (and user) are added by the engine. What comes before
   * the first object can be evicted by pattern, and each of these parts is a tag: free text belongs into the object.
   */
  readonly key: (...args: Args) => readonly KeyPart[];
  /** What else the answer depends on, besides the leading parts of its key, which are tags already. */
  readonly tags?: TagList<Args>;
  /**
   * What else it may depend on (`among`), and what of that it does (`of`), which only the result tells: a page of a list
   * on the rows that it shows. The others may change and it stays. Each of `among` is read with every miss: some hundred at
   * most.
   */
  readonly resultTags?: {
    readonly among: readonly Tag[];
    readonly of: (result: Result, ...args: Args) => readonly Tag[];
  };
  /** False: the method runs, and the cache is neither asked nor filled. */
  readonly condition?: (...args: Args) => boolean;
  /** True for a result that must not be stored; it is given plain JSON. */
  readonly unless?: (result: Result, ...args: Args) => boolean;
  /** Of null, which is an answer like any other: "there is none" may be worth remembering for a shorter time. */
  readonly nullTtlSeconds?: number;
  /** Instead of the cache's own; +-10 % are added so that what was stored together does not expire together. */
  readonly ttlSeconds?: number;
  /** `user`: the answer is for the current user alone. Default `tenant`. */
  readonly visibility?: 'tenant' | 'user';
  /**
   * Permissions whose reach (own, team, tenant) narrows the answer; those who reach the same share it. Caches of what
   * somebody owns need it, and no load can ask for a reach that is not named here.
   */
  readonly reach?: readonly string[];
  /** Instead of the cache's own: `lease` may be 300 ms behind a write on another instance, and asks Redis for nothing. */
  readonly mode?: ReadMode;
}

/**
 * Answers from the cache what was asked before. For async methods of singleton providers that return plain JSON: the
 * result is frozen, dates in it are strings, the same on a hit and on a miss. `null` is a hit, `undefined` is refused,
 * exceptions pass through and are not stored. Inside a transaction the method always runs. Calls through `this` are
 * cached like any other, since the method of the instance is replaced at boot.
 */
export function Cacheable<Args extends unknown[] = never[], Result = unknown>(
  options: CacheableOptions<Args, Result>,
): AsyncMethodDecorator<Args, Result> {
  return (prototype, name) => recordCacheable(prototype, name, options as unknown as CacheableOptions<unknown[]>);
}
