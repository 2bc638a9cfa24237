import { CsvError, parse } from 'csv-parse/sync';
import { MAX_CSV_RAGGED_ROWS, MAX_CSV_RECORD_LENGTH, MAX_FIELDS, MAX_IMPORT_ROWS } from './import-limits';
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
  const table = new Table();
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

/** Takes the rows one by one, so that a hostile file is refused before it is held in memory as cells. */
class Table {
  readonly columns: string[] = [];
  readonly records: SourceRecord[] = [];
  private blankRows = 0;
  private raggedRows = 0;

  add(cells: readonly string[], line: number): void {
    if (cells.length <= MAX_FIELDS && cells.every((cell) => cell.trim() === '')) this.countBlank(cells, line);
    else if (this.columns.length === 0) this.addHeader(cells);
    else this.addRecord(cells, line);
  }

  private countBlank(cells: readonly string[], line: number): void {
    this.blankRows += 1;
    if (cells.length !== this.columns.length) this.countRagged(line);
    if (this.blankRows > MAX_IMPORT_ROWS) {
      throw new UnreadableImport(`The file has more than ${MAX_IMPORT_ROWS} empty rows. Remove them.`);
    }
  }

  /** One damaged row is that row's problem; thousands are a misread file, and each of them is slow to read. */
  private countRagged(line: number): void {
    this.raggedRows += 1;
    if (this.raggedRows > MAX_CSV_RAGGED_ROWS) {
      const message = `More than ${MAX_CSV_RAGGED_ROWS} rows have not as many cells as the header has columns.`;
      throw new UnreadableImport(message, { line });
    }
  }

  private addHeader(cells: readonly string[]): void {
    if (cells.length > MAX_FIELDS) {
      throw new UnreadableImport(`The file has more than ${MAX_FIELDS} columns.`);
    }
    this.columns.push(...cells.map((name) => name.trim()));
    const repeated = this.columns.find((name, index) => name !== '' && this.columns.indexOf(name) !== index);
    if (repeated !== undefined) {
      throw new UnreadableImport(`The header names the column ${JSON.stringify(repeated)} twice.`, { line: 1 });
    }
  }

  private addRecord(cells: readonly string[], line: number): void {
    const row = this.records.length + 1;
    if (row > MAX_IMPORT_ROWS) {
      throw new UnreadableImport(`The file has more than ${MAX_IMPORT_ROWS} rows. Split it into smaller files.`);
    }
    if (cells.length !== this.columns.length) {
      this.countRagged(line);
      const message = `has ${cells.length} cells, but the header has ${this.columns.length} columns (line ${line})`;
      this.records.push({ row, line, fields: new Map(), problem: { pointer: '', code: 'column-count', message } });
      return;
    }
    const fields = new Map<string, unknown>();
    for (const [index, name] of this.columns.entries()) if (name !== '') fields.set(name, cells[index]?.trim() ?? '');
    this.records.push({ row, line, fields });
  }
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
