import { CsvError, parse } from 'csv-parse/sync';
import { csvSegments } from './csv-segments';
import { MAX_CSV_RECORD_LENGTH } from './import-limits';
import { ImportTable } from './import-table';
import { repeatable } from './repeatable';
import type { SourceRecord } from './source-record';
import { UnreadableImport } from './unreadable-import';

export interface CsvDocument {
  readonly kind: 'csv';
  /** As the file spells them, trimmed. */
  readonly columns: readonly string[];
  /** Read from the text as they are asked for, anew each time: they throw UnreadableImport in the middle. */
  readonly records: Iterable<SourceRecord>;
}

const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];

/** What a spreadsheet writes above the header to announce its delimiter. */
const separatorLine = /^sep=([,;\t])\r?\n/i;

/**
 * Comma, semicolon or tab separated text with a header, any line ending, quoted cells as in RFC 4180.
 * Empty rows are skipped; a row with too few or too many cells carries a problem.
 *
 * @throws UnreadableImport with the line, for an ambiguous header, at once; for bad quotes and too many rows when they are
 *   come upon
 */
export function parseCsv(text: string): CsvDocument {
  const announced = separatorLine.exec(text);
  const start = announced?.[0].length ?? 0;
  const table: CsvText = {
    ...{ text, start, linesAbove: announced ? 1 : 0 },
    delimiter:
      (announced?.[1] as Delimiter | undefined) ?? delimiterOf(text.slice(start, start + MAX_CSV_RECORD_LENGTH)),
  };
  const columns = columnsOf(table);
  return { kind: 'csv', columns, records: repeatable(() => recordsIn(table)) };
}

interface CsvText {
  readonly text: string;
  /** Where the header, or what is blank above it, begins. */
  readonly start: number;
  readonly linesAbove: number;
  readonly delimiter: Delimiter;
}

interface CsvRow {
  readonly cells: readonly string[];
  /** On which it ends, from 1. */
  readonly line: number;
}

function columnsOf(csv: CsvText): readonly string[] {
  const table = new ImportTable();
  for (const { cells, line } of rowsIn(csv)) {
    table.add(cells, line);
    if (table.columns.length > 0) return table.columns;
  }
  throw new UnreadableImport('The file has no header row.');
}

function* recordsIn(csv: CsvText): Generator<SourceRecord> {
  const table = new ImportTable();
  for (const { cells, line } of rowsIn(csv)) {
    const record = table.add(cells, line);
    if (record) yield record;
  }
}

function* rowsIn({ text, start, linesAbove, delimiter }: CsvText): Generator<CsvRow> {
  for (const segment of csvSegments(text, start, linesAbove)) yield* parsed(segment, delimiter);
}

function parsed({ text, linesAbove }: { text: string; linesAbove: number }, delimiter: Delimiter): CsvRow[] {
  const rows: CsvRow[] = [];
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_CSV_RECORD_LENGTH,
      on_record: (cells, context) => {
        rows.push({ cells, line: context.lines + linesAbove });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) throw unreadableCsv(error, linesAbove);
    throw error;
  }
  return rows;
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
  for (const character of text.trimStart()) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n' || character === '\r') break;
    else counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return delimiters.reduce((best, each) => ((counts.get(each) ?? 0) > (counts.get(best) ?? 0) ? each : best));
}
