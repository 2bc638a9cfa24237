import { LRUCache } from 'lru-cache';

const MOST_QUERIES = 2_000;
/** Longer ones are rare, and would take what many short ones need. */
const LONGEST_TEXT = 300;

/**
 * Queries that were found valid, with what was made of each. The rules of a query look at nothing but its text, the same
 * ones are asked for all day, and to check one takes longer than to find its answer in the cache.
 */
export class ValidQueries {
  private readonly numbers = new WeakMap<object, number>();
  private readonly queries = new LRUCache<string, object>({ max: MOST_QUERIES });
  private classes = 0;

  get(metatype: object, query: object): object | undefined {
    return this.queries.get(this.keyOf(metatype, query));
  }

  /** Frozen, since all who ask the same are given the same. */
  remember(metatype: object, query: object, instance: object): void {
    for (const value of Object.values(instance)) Object.freeze(value);
    Object.freeze(instance);
    const key = this.keyOf(metatype, query);
    if (key.length <= LONGEST_TEXT) this.queries.set(key, instance);
  }

  private keyOf(metatype: object, query: object): string {
    return `${this.numberOf(metatype)} ${JSON.stringify(query)}`;
  }

  /** Two classes may have one name. */
  private numberOf(metatype: object): number {
    const known = this.numbers.get(metatype);
    if (known !== undefined) return known;
    this.numbers.set(metatype, ++this.classes);
    return this.classes;
  }
}
