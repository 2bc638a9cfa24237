import type { KeysetColumn } from '../database/keyset';
import type { CursorPosition } from '../http/cursor';

interface PageRequest {
  readonly limit: number;
  readonly cursor: CursorPosition | undefined;
  readonly offset: number;
  readonly columns: readonly KeysetColumn[];
}

interface PageOfRows<Row> {
  readonly items: readonly Row[];
  readonly next: CursorPosition | null;
  readonly prev: CursorPosition | null;
}

const firstId = '00000000-0000-0000-0000-000000000000';
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Cuts one page out of up to limit + 1 rows as the database gave them (backwards for a previous page) and says from
 * where to go on.
 */
export function pageOf<Row extends { readonly position: readonly string[] }>(
  rows: readonly Row[],
  { limit, cursor, offset, columns }: PageRequest,
): PageOfRows<Row> {
  const backwards = cursor?.direction === 'prev';
  const hasMore = rows.length > limit;
  const cut = rows.slice(0, limit);
  const items = backwards ? cut.reverse() : cut;
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return { items, ...aroundNothing(cursor, columns) };
  const hasPrevious = backwards ? hasMore : cursor !== undefined || offset > 0;
  const hasNext = backwards || hasMore;
  return {
    items,
    next: hasNext ? { direction: 'next', values: last.position } : null,
    prev: hasPrevious ? { direction: 'prev', values: first.position } : null,
  };
}

/** All rows on this side of the cursor are gone: the way back begins at, and not beyond, the row it stood on. */
function aroundNothing(
  cursor: CursorPosition | undefined,
  columns: readonly KeysetColumn[],
): Pick<PageOfRows<never>, 'next' | 'prev'> {
  if (!cursor) return { next: null, prev: null };
  const forward = cursor.direction === 'next';
  const idDescends = columns.at(-1)?.descending === true;
  const edgeId = forward === idDescends ? firstId : lastId;
  const position = { direction: forward ? 'prev' : 'next', values: [...cursor.values.slice(0, -1), edgeId] } as const;
  return forward ? { next: null, prev: position } : { next: position, prev: null };
}
