import { parseCsv } from './csv-document';
import { MAX_CSV_RAGGED_ROWS, MAX_IMPORT_ROWS } from './import-limits';
import type { SourceRecord } from './source-record';
import { UnreadableImport } from './unreadable-import';

const recordsOf = (text: string): SourceRecord[] => [...parseCsv(text).records];
const cellsOf = (text: string): unknown[][] => recordsOf(text).map(({ fields }) => [...fields.values()]);

describe('parseCsv', () => {
  it.each([
    ['comma', 'a,b\n1,2'],
    ['semicolon', 'a;b\n1;2'],
    ['tab', 'a\tb\n1\t2'],
    ['Windows lines', 'a,b\r\n1,2\r\n'],
    ['old Mac lines', 'a,b\r1,2\r'],
    ['spaces around cells', ' a , b \n 1 , 2 '],
    ['an announced delimiter', 'sep=;\r\na;b\r\n1;2\r\n'],
    ['blank rows', '\na,b\n\n,\n1,2\n,\n'],
    ['a semicolon in a quoted column name', '"a",b\n1,2'],
  ])('reads a table with %s', (_, text) => {
    expect(parseCsv(text).columns).toEqual(['a', 'b']);
    expect(cellsOf(text)).toEqual([['1', '2']]);
  });

  it('does not take a delimiter from inside a quoted column name', () => {
    expect(parseCsv('"a;b;c;d",e\n1,2').columns).toEqual(['a;b;c;d', 'e']);
  });

  it('keeps what is quoted: delimiters, newlines, quotes, HTML, formulas', () => {
    const text = 'a,b\n"x, ""y""\nz","<b>=1+1</b>"\n=cmd|calc,@sum';
    expect(cellsOf(text)).toEqual([
      ['x, "y"\nz', '<b>=1+1</b>'],
      ['=cmd|calc', '@sum'],
    ]);
  });

  it('knows the line on which each row ends', () => {
    expect(recordsOf('a,b\n"x\ny",1\n\n2,3').map(({ row, line }) => [row, line])).toEqual([
      [1, 3],
      [2, 5],
    ]);
  });

  it('makes a wrong number of cells the problem of that row alone', () => {
    const records = recordsOf('a,b\n1\n1,2\n1,2,3');
    expect(records.map(({ problem }) => problem?.message)).toEqual([
      'has 1 cells, but the header has 2 columns (line 2)',
      undefined,
      'has 3 cells, but the header has 2 columns (line 4)',
    ]);
  });

  it.each([
    ['an unclosed quote', 'a,b\n1,"2\n3,4\n', /never closed \(line \d\).*truncated/],
    ['a quote inside an unquoted cell', 'a,b\n1,2"3\n', /quote is in the wrong place \(line 2\)/],
    ['text after a closing quote', 'a,b\n1,2\n"1"x,2\n', /quote is in the wrong place \(line 3\)/],
    ['a repeated column', 'a,b,a\n1,2,3\n', /"a" twice/],
    ['a header of nothing', ',,\n', /no header/],
    ['an endless row', `a,b\n"${'x,\n'.repeat(400_000)}`, /longer than 1000000 characters/],
    ['many ragged rows', `a,b\n${'1\n'.repeat(MAX_CSV_RAGGED_ROWS + 1)}`, /More than 1000 rows have not as many cells/],
    ['too many columns', 'a,'.repeat(600), /more than 500 columns/],
  ])('refuses %s', (_, text, message) => {
    expect(() => recordsOf(text)).toThrow(UnreadableImport);
    expect(() => recordsOf(text)).toThrow(message);
  });

  it('reads as many rows as the limit, and not one more', () => {
    expect(recordsOf(`a\n${'1\n'.repeat(MAX_IMPORT_ROWS)}`)).toHaveLength(MAX_IMPORT_ROWS);
    expect(() => recordsOf(`a\n${'1\n'.repeat(MAX_IMPORT_ROWS + 1)}`)).toThrow('more than 100000 rows');
  });
});
