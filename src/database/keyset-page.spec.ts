import { KeysetPage } from './keyset-page';
import type { KeysetColumn } from './keyset';

const byScore: KeysetColumn[] = [
  { sql: 'score', type: 'float8', descending: true },
  { sql: 'id', type: 'uuid', descending: true },
];
const newestFirst: KeysetColumn[] = [{ sql: 'version', type: 'int4', descending: true }];
const encode = (position: object): string => JSON.stringify(position);
const row = (...position: string[]) => ({ position });
const next = (...values: string[]) => ({ direction: 'next', values }) as const;
const prev = (...values: string[]) => ({ direction: 'prev', values }) as const;

function cursorsOf(page: KeysetPage, rows: { position: string[] }[]): unknown[] {
  const { nextCursor, prevCursor } = page.answer(rows, (each) => each).page;
  return [nextCursor, prevCursor].map((cursor) => cursor && (JSON.parse(cursor) as unknown));
}

describe('a page of a list', () => {
  it('holds one row less than was asked for when there is another page', () => {
    const page = new KeysetPage(2, 0, byScore, undefined, encode);
    const rows = [row('9', 'c'), row('8', 'b'), row('7', 'a')];
    expect(page.answer(rows, ({ position }) => position[0]).items).toEqual(['9', '8']);
    expect(cursorsOf(page, rows)).toEqual([next('8', 'b'), null]);
    expect(cursorsOf(page, rows.slice(0, 2))).toEqual([null, null]);
  });

  it('is turned round when it was read backwards', () => {
    const page = new KeysetPage(2, 0, byScore, prev('5', 'x'), encode);
    const rows = [row('7', 'a'), row('8', 'b'), row('9', 'c')];
    expect(page.answer(rows, ({ position }) => position[0]).items).toEqual(['8', '7']);
    expect(cursorsOf(page, rows)).toEqual([next('7', 'a'), prev('8', 'b')]);
    expect(cursorsOf(page, rows.slice(0, 2))).toEqual([next('7', 'a'), null]);
  });

  it('asks for its rows and one more, behind the cursor or the offset', () => {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    expect(new KeysetPage(20, 40, newestFirst, undefined, encode).sql(bind)).toMatchObject({
      where: 'true',
      orderBy: 'version DESC',
      slice: 'LIMIT $1 OFFSET $2',
    });
    expect(values).toEqual([21, 40]);
  });

  it.each([
    ['after an id', byScore, next('5', 'x'), [null, prev('5', '00000000-0000-0000-0000-000000000000')]],
    ['before an id', byScore, prev('5', 'x'), [next('5', 'ffffffff-ffff-ffff-ffff-ffffffffffff'), null]],
    ['after a number', newestFirst, next('3'), [null, prev('-2147483648')]],
    ['before a number', newestFirst, prev('3'), [next('2147483647'), null]],
  ])('leads back to the row of the cursor when nothing is left %s', (_where, columns, cursor, expected) => {
    expect(cursorsOf(new KeysetPage(2, 0, columns, cursor, encode), [])).toEqual(expected);
  });
});
