import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvSegments } from './csv-segments';

/** The rows with the lines on which they end, or the error with its line. */
function read(segments: Iterable<{ text: string; linesAbove: number }>): unknown[] {
  const rows: unknown[] = [];
  for (const { text, linesAbove } of segments) {
    try {
      parse(text, {
        ...{ record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true },
        on_record: (cells, { lines }) => {
          rows.push([cells, lines + linesAbove]);
          return null;
        },
      });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return [error.code, Number(error['lines']) + linesAbove];
    }
  }
  return rows;
}

const cell = fc.oneof(
  fc.constantFrom('', 'a', 'é', '🦊'),
  fc.array(fc.constantFrom('a', ',', '""', '\n', '\r', '\r\n'), { maxLength: 5 }).map((parts) => `"${parts.join('')}"`),
);
const row = fc.array(cell, { minLength: 1, maxLength: 3 }).map((cells) => cells.join(','));
const table = fc
  .tuple(fc.array(row, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('', '\n'))
  .map(([rows, lineBreak, end]) => rows.join(lineBreak) + end);
const damaged = fc
  .array(fc.constantFrom('a', ',', '"', '\n', '\r\n', '"a"', '"\n'), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('a CSV in segments', () => {
  it('is the same rows on the same lines as in one piece, and has the same error', () => {
    fc.assert(
      fc.property(fc.oneof(table, damaged), fc.integer({ min: 1, max: 9 }), (text, length) => {
        expect(read(csvSegments(text, 0, 0, length))).toEqual(read([{ text, linesAbove: 0 }]));
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });

  it('is cut into many', () => {
    expect([...csvSegments('above\na,"\n"\nb\n', 6, 1, 1)]).toEqual([
      { text: 'a,"\n"\n', linesAbove: 1 },
      { text: 'b\n', linesAbove: 3 },
    ]);
  });
});
