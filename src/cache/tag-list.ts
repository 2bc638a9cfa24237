import type { Tag } from './tag';

/** Tags of one kind, by what they are about: `RiskTags.one`. */
export type TagFamily = (id: string) => Tag;

/**
 * What a decorator names: tags, and functions that make one of the method's arguments, so that a family can be named as
 * it is (`[RiskTags.one, RiskTags.all]`). Or one function that makes all of them; with {@link tagsAmong} it says which.
 */
export type TagList<Args extends unknown[]> =
  readonly (Tag | ((...args: Args) => Tag))[] | ((...args: Args) => readonly Tag[]);

const among = new WeakMap<object, readonly (Tag | TagFamily)[]>();

/** A function of the arguments that makes only such tags, though maybe not all of them, or several of a family. */
export function tagsAmong<Args extends unknown[]>(
  these: readonly (Tag | TagFamily)[],
  make: (...args: Args) => readonly Tag[],
): (...args: Args) => readonly Tag[] {
  among.set(make, these);
  return make;
}

/** The tags for one call. */
export function tagsOf(list: TagList<unknown[]> | undefined, args: unknown[]): readonly Tag[] {
  if (typeof list === 'function') return list(...args);
  return (list ?? []).map((tag) => (typeof tag === 'function' ? tag(...args) : tag));
}

/** What a list names, as far as it says so without being called; undefined for a function that does not. */
export function namedIn(list: TagList<never[]> | undefined): readonly (Tag | TagFamily)[] | undefined {
  return typeof list === 'function' ? among.get(list) : ((list ?? []) as readonly (Tag | TagFamily)[]);
}
