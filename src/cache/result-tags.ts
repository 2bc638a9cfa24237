import { cellOfTag, type EntryAddress } from './cache-key';
import type { GenerationVector } from './store';
import { narrowed } from './stores/generation';
import type { Tag } from './tag';

/** What an answer may depend on, and what it does depend on, which only its load can tell. */
export interface ResultTags {
  /** Of the tenant, or shared ones where the cache is. Their generations are read before the load, when nobody knows which matter. */
  readonly among: readonly Tag[];
  /** Some of these; it is given plain JSON, null where that is the answer. */
  readonly of: (json: unknown) => readonly Tag[];
}

/** A programming error: nobody has read the generation of the tag before the answer was loaded. */
export class UnexpectedTag extends TypeError {
  constructor({ path }: Tag) {
    super(`The answer depends on the tag ${path}, which is not among those that it may depend on`);
    this.name = 'UnexpectedTag';
  }
}

/**
 * The generations that an answer with these tags is stored with.
 *
 * @param vector of all cells
 * @throws UnexpectedTag
 */
export function narrowedTo(
  tags: readonly Tag[],
  { cells, certain }: EntryAddress,
  vector: GenerationVector,
  tenantId: string | undefined,
): GenerationVector {
  const places = new Map(cells.map(({ name }, place) => [name, place]));
  const needed = new Set<number>();
  for (const tag of tags) {
    const place = places.get(cellOfTag(tag, tenantId));
    if (place === undefined) throw new UnexpectedTag(tag);
    needed.add(place);
  }
  return narrowed(vector, (place) => place < certain || needed.has(place));
}
