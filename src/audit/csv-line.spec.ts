import { parse } from 'csv-parse/sync';
import { csvLine } from './csv-line';

describe('a line of CSV', () => {
  it('gives back what it was made of', () => {
    const cells = ['plain', 'a "quoted" one', 'comma, comma', 'two\r\nlines', ' é', ''];
    expect(parse(csvLine(cells))).toEqual([cells]);
    expect(csvLine(['a', null])).toBe('a,\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=cmd|" /C calc"!A0', '-'])(
    'runs nowhere as a formula: %j',
    (cell) => {
      expect(parse(csvLine([cell, cell]), { relax_quotes: false })).toEqual([[`'${cell}`, `'${cell}`]]);
    },
  );

  it('leaves alone what only holds such a sign', () => {
    expect(csvLine(['a=1', 'x@example.test', '1-2'])).toBe('a=1,x@example.test,1-2\r\n');
  });
});
