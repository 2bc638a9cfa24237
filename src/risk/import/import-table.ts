import { MAX_CSV_RAGGED_ROWS, MAX_FIELDS, MAX_IMPORT_ROWS } from './import-limits';
import type { SourceRecord } from './source-record';
import { UnreadableImport } from './unreadable-import';

/** Takes the rows one by one, and holds none, so that a hostile file is refused before it is held as cells. */
export class ImportTable {
  readonly columns: string[] = [];
  private rows = 0;
  private blankRows = 0;
  private raggedRows = 0;

  /** @returns the record that the row is, unless it is blank or the header */
  add(cells: readonly string[], line: number): SourceRecord | undefined {
    if (cells.length > MAX_FIELDS || cells.some((cell) => cell.trim() !== '')) {
      if (this.columns.length > 0) return this.recordOf(cells, line);
      this.addHeader(cells);
    } else this.countBlank(cells, line);
    return undefined;
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

  private recordOf(cells: readonly string[], line: number): SourceRecord {
    const row = (this.rows += 1);
    if (row > MAX_IMPORT_ROWS) {
      throw new UnreadableImport(`The file has more than ${MAX_IMPORT_ROWS} rows. Split it into smaller files.`);
    }
    if (cells.length !== this.columns.length) {
      this.countRagged(line);
      const message = `has ${cells.length} cells, but the header has ${this.columns.length} columns (line ${line})`;
      return { row, line, fields: new Map(), problem: { pointer: '', code: 'column-count', message } };
    }
    const fields = new Map<string, unknown>();
    for (const [index, name] of this.columns.entries()) if (name !== '') fields.set(name, cells[index]?.trim() ?? '');
    return { row, line, fields };
  }
}
