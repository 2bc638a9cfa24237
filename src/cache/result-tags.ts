import { cellOfTag, type Cell } from './cache-key';
import type { GenerationVector } from './store';
import { narrowed } from './stores/generation';
import type { Tag } from './tag';

/** What an answer may depend on, and what it does depend on, which only its load can tell. */
export interface ResultTags {
  /** Their generations are read before the load, which is when it is not known yet which of them matter. */
  readonly among: readonly Tag[];
  /** Some of these. */
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
 * The generations that an answer is stored with.
 *
 * @param cells of the vector
 * @param always names of the cells that it depends on whatever it is
 * @throws UnexpectedTag
 */
export function narrowedTo(
  { among, of }: ResultTags,
  json: unknown,
  vector: GenerationVector,
  cells: readonly Cell[],
  always: readonly Cell[],
  tenantId: string | undefined,
): GenerationVector {
  const known = new Set(among.map((tag) => cellOfTag(tag, tenantId)));
  const needed = new Set(always.map(({ name }) => name));
  for (const tag of of(json)) {
    const cell = cellOfTag(tag, tenantId);
    if (!known.has(cell)) throw new UnexpectedTag(tag);
    needed.add(cell);
  }
  return narrowed(vector, (place) => needed.has(cells[place]?.name ?? ''));
}
