import { Injectable } from '@nestjs/common';
import { CursorCodec } from '../../http/cursor';
import { offsetOf, type Page, type PageQuery } from '../../http/pagination';

/**
 * Pages of a list that is code, and so the same as long as the process runs: a cursor is a place in it. It is good for
 * all tenants, as the answers that hold it are cached for all.
 */
@Injectable()
export class CataloguePages {
  constructor(private readonly cursors: CursorCodec) {}

  /**
   * @param list what tells this list from others: its filter
   * @throws BadRequest 400 for the cursor of another list, for page and cursor together, for a page too deep
   */
  pageOf<Item>(list: unknown, query: PageQuery, items: readonly Item[]): Page<Item> {
    const scope = JSON.stringify(['catalogue', list]);
    const { limit } = query;
    const cursor = query.cursor === undefined ? undefined : this.cursors.decode(scope, query.cursor);
    const place = cursor ? Number(cursor.values[0]) : Math.min(offsetOf(query), items.length);
    const isBackwards = cursor?.direction === 'prev';
    const start = isBackwards ? Math.max(0, place - limit) : place;
    const end = isBackwards ? place : Math.min(place + limit, items.length);
    const encode = (direction: 'next' | 'prev', at: number): string =>
      this.cursors.encode(scope, { direction, values: [at] });
    return {
      items: items.slice(start, end),
      page: {
        limit,
        nextCursor: end < items.length ? encode('next', end) : null,
        prevCursor: start > 0 ? encode('prev', start) : null,
      },
      ...(query.total ? { total: items.length } : {}),
    };
  }
}
