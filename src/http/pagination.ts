import { ApiProperty } from '@nestjs/swagger';
import { BadRequest } from '../errors/http.errors';
import { Text, Integer } from './fields.decorator';
import { QueryFlag, QueryInteger } from './query-fields.decorator';

/** Page numbers are for people; whoever walks a whole list uses cursors, which cost the same at any depth. */
const deepestOffset = 10_000;
/** Room for a position in a list that is sorted by a long text. */
const longestCursor = 4000;

/** What every list takes. */
export class PageQuery {
  @QueryInteger({ min: 1, max: 200, about: 'How many items a page holds.', example: 20 })
  limit: number = 20;

  @Text({
    max: longestCursor,
    min: 1,
    optional: true,
    about: '`nextCursor` or `prevCursor` of a page of the same list.',
  })
  cursor?: string;

  @QueryInteger({ min: 1, max: deepestOffset, about: 'Page number, instead of a cursor; offsets reach to 10,000.' })
  page?: number;

  @QueryFlag({ about: 'Whether to count all items that match.' })
  total: boolean = false;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly page: { readonly limit: number; readonly nextCursor: string | null; readonly prevCursor: string | null };
  readonly total?: number;
}

/** @throws BadRequest 400 when page and cursor are both given, or the page lies too deep for an offset */
export function offsetOf({ page = 1, limit, cursor }: PageQuery): number {
  const offset = (page - 1) * limit;
  if (cursor !== undefined && page > 1) {
    throw new BadRequest('Give page or cursor, not both.', [
      { pointer: '?page', code: 'exclusive', message: 'cannot be combined with cursor' },
    ]);
  }
  if (offset > deepestOffset) {
    throw new BadRequest('This page lies too deep: walk with the cursor instead.', [
      { pointer: '?page', code: 'max-offset', message: `must not reach beyond ${deepestOffset} items` },
    ]);
  }
  return offset;
}

class PageLinks {
  @Integer({ min: 1, max: 200, example: 20 })
  limit!: number;

  @Text({
    max: longestCursor,
    nullable: true,
    example: null,
    about: 'Cursor of the page after this one; null at the end.',
  })
  nextCursor!: string | null;

  @Text({
    max: longestCursor,
    nullable: true,
    example: null,
    about: 'Cursor of the page before this one; null at the start.',
  })
  prevCursor!: string | null;
}

/** The documented shape of a page of one item class. */
export function PageOf(item: new () => object): new () => object {
  class PageResponse {
    @ApiProperty({ type: item, isArray: true, maxItems: 200 })
    items!: readonly object[];

    @ApiProperty({ type: PageLinks })
    page!: PageLinks;

    @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, optional: true, example: 1, about: 'With `total=true` only.' })
    total?: number;
  }
  Object.defineProperty(PageResponse, 'name', { value: `${item.name.replace(/Response$/, '')}Page` });
  return PageResponse;
}
