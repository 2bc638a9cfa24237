import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../context/request-context';
import { CursorCodec, type CursorPosition } from '../http/cursor';
import { offsetOf, type Page, type PageQuery } from '../http/pagination';
import { keyset, type Keyset, type KeysetColumn } from './keyset';

/** Lowest and highest value of the types that a list's last, unique column has. */
const BOUNDS: Readonly<Partial<Record<KeysetColumn['type'], readonly [lowest: string, highest: string]>>> = {
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  int4: ['-2147483648', '2147483647'],
};

/** A row as a list selects it, with `position` of {@link KeysetPage.sql}. */
interface Positioned {
  readonly position: readonly string[];
}

type Around = Readonly<Record<'next' | 'prev', CursorPosition['values'] | null>>;

/** Pages of lists, with cursors that are good for one list of one tenant only. */
@Injectable()
export class KeysetPages {
  constructor(private readonly cursors: CursorCodec) {}

  /**
   * @param list what tells this list from the tenant's others: name, sort, filter
   * @param columns what it is sorted by; the last one is unique
   * @throws BadRequest 400 for the cursor of another list, for page and cursor together, for a page too deep
   */
  pageFor(list: readonly unknown[], query: PageQuery, columns: readonly KeysetColumn[]): KeysetPage {
    const scope = JSON.stringify([currentTenantId(), ...list]);
    const cursor = query.cursor === undefined ? undefined : this.cursors.decode(scope, query.cursor);
    const encode = (position: CursorPosition): string => this.cursors.encode(scope, position);
    return new KeysetPage(query.limit, offsetOf(query), columns, cursor, encode);
  }
}

/** One page that was asked for: the SQL of its rows, and the answer they make. */
export class KeysetPage {
  private readonly backwards: boolean;

  constructor(
    private readonly limit: number,
    private readonly offset: number,
    private readonly columns: readonly KeysetColumn[],
    private readonly cursor: CursorPosition | undefined,
    private readonly encode: (position: CursorPosition) => string,
  ) {
    this.backwards = cursor?.direction === 'prev';
  }

  /** `slice` is LIMIT and OFFSET: one row more than the page holds, to learn whether there is another page. */
  sql(bind: (value: unknown) => string): Keyset & { readonly slice: string } {
    const order = keyset(this.columns, this.cursor?.values, this.backwards, bind);
    return { ...order, slice: `LIMIT ${bind(this.limit + 1)} OFFSET ${bind(this.offset)}` };
  }

  /** @param rows as the database gave them, backwards for a previous page */
  answer<Row extends Positioned, Item>(rows: readonly Row[], itemOf: (row: Row) => Item): Page<Item> {
    const cut = rows.slice(0, this.limit);
    const page = this.backwards ? cut.reverse() : cut;
    const { next, prev } = this.around(page, rows.length > this.limit);
    return {
      items: page.map(itemOf),
      page: {
        limit: this.limit,
        nextCursor: next && this.encode({ direction: 'next', values: next }),
        prevCursor: prev && this.encode({ direction: 'prev', values: prev }),
      },
    };
  }

  /** From where the pages after and before this one go on. */
  private around(page: readonly Positioned[], hasMore: boolean): Around {
    const first = page[0];
    const last = page.at(-1);
    if (!first || !last) return this.aroundNothing();
    const hasPrevious = this.backwards ? hasMore : this.cursor !== undefined || this.offset > 0;
    const hasNext = this.backwards || hasMore;
    return { next: hasNext ? last.position : null, prev: hasPrevious ? first.position : null };
  }

  /** All rows on this side of the cursor are gone: the way back begins at, and not beyond, the row it stood on. */
  private aroundNothing(): Around {
    const unique = this.columns.at(-1);
    const bounds = unique && BOUNDS[unique.type];
    if (!this.cursor || !bounds) return { next: null, prev: null };
    const beyond = bounds[this.backwards === unique.descending ? 1 : 0];
    const edge = [...this.cursor.values.slice(0, -1), beyond];
    return this.backwards ? { next: edge, prev: null } : { next: null, prev: edge };
  }
}
