import { CsvError, parse } from 'csv-parse/sync';
import { MAX_CSV_RECORD_LENGTH } from './import-limits';
import { ImportTable } from './import-table';
import type { SourceRecord } from './source-record';
import { UnreadableImport } from './unreadable-import';

export interface CsvDocument {
  readonly kind: 'csv';
  /** As the file spells them, trimmed. */
  readonly columns: readonly string[];
  readonly records: readonly SourceRecord[];
}

const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];

/** What a spreadsheet writes above the header to announce its delimiter. */
const separatorLine = /^sep=([,;\t])\r?\n/i;

/**
 * Comma, semicolon or tab separated text with a header, any line ending, quoted cells as in RFC 4180.
 * Empty rows are skipped; a row with too few or too many cells carries a problem.
 *
 * @throws UnreadableImport with the line, for bad quotes, an ambiguous header, too many rows or columns
 */
export function parseCsv(text: string): CsvDocument {
  const announced = separatorLine.exec(text);
  const body = announced ? text.slice(announced[0].length) : text;
  const delimiter = (announced?.[1] as Delimiter | undefined) ?? delimiterOf(body);
  const table = new ImportTable();
  const linesAbove = announced ? 1 : 0;
  try {
    parse(body, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_CSV_RECORD_LENGTH,
      on_record: (cells, context) => {
        table.add(cells, context.lines + linesAbove);
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) throw unreadableCsv(error, linesAbove);
    throw error;
  }
  if (table.columns.length === 0) throw new UnreadableImport('The file has no header row.');
  return { kind: 'csv', columns: table.columns, records: table.records };
}

function unreadableCsv(error: CsvError, linesAbove: number): UnreadableImport {
  const line = typeof error['lines'] === 'number' ? error['lines'] + linesAbove : undefined;
  const where = line === undefined ? '' : ` (line ${line})`;
  const place = line === undefined ? {} : { line };
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new UnreadableImport(`A quoted cell is never closed${where}: the file is truncated or damaged.`, place);
    case 'CSV_MAX_RECORD_SIZE':
      return new UnreadableImport(
        `A row is longer than ${MAX_CSV_RECORD_LENGTH} characters${where}; a closing quote is probably missing.`,
        place,
      );
    default:
      return new UnreadableImport(
        `A quote is in the wrong place${where}: a cell that contains quotes must be quoted and its quotes doubled.`,
        place,
      );
  }
}

/** The candidate that occurs most often, outside quotes, in the header. */
function delimiterOf(text: string): Delimiter {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of text.trimStart().slice(0, MAX_CSV_RECORD_LENGTH)) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n' || character === '\r') break;
    else counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return delimiters.reduce((best, each) => ((counts.get(each) ?? 0) > (counts.get(best) ?? 0) ? each : best));
}
