import { csvLine } from '../../../audit/csv-line';
import type { PlannedRow } from '../import-plan';

const columns = ['row', 'line', 'externalId', 'pointer', 'code', 'message'];

/** Most that the file may be: whoever has to mend more than that begins with the first. */
const MOST_BYTES = 8_388_608;

/** One line per reason, as CSV that no spreadsheet runs. */
export class FailedRows {
  private readonly lines: Buffer[] = [];
  private bytes = 0;
  private notListed = 0;

  add(rows: readonly PlannedRow[]): void {
    for (const row of rows) if (row.outcome === 'failed') this.addRow(row);
  }

  /** Undefined when no row has failed. */
  file(): Buffer | undefined {
    if (this.lines.length === 0) return undefined;
    const message = `${this.notListed} more rows have failed`;
    const rest = this.notListed === 0 ? '' : csvLine([null, null, null, '', 'not-listed', message]);
    return Buffer.concat([Buffer.from(csvLine(columns)), ...this.lines, Buffer.from(rest)]);
  }

  private addRow({ row, line, externalId, problems }: PlannedRow): void {
    const place = [String(row), line === undefined ? null : String(line), externalId];
    const text = problems.map(({ pointer, code, message }) => csvLine([...place, pointer, code, message])).join('');
    const bytes = Buffer.from(text);
    if (this.notListed > 0 || this.bytes + bytes.length > MOST_BYTES) this.notListed += 1;
    else {
      this.lines.push(bytes);
      this.bytes += bytes.length;
    }
  }
}
