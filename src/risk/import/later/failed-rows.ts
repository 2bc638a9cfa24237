import { csvLine } from '../../../audit/csv-line';
import type { PlannedRow } from '../import-plan';

const columns = ['row', 'line', 'externalId', 'pointer', 'code', 'message'];

/** One line per reason, as CSV that no spreadsheet runs; undefined when no row has failed. */
export function failedRowsCsv(failed: readonly PlannedRow[]): string | undefined {
  if (failed.length === 0) return undefined;
  const lines = failed.flatMap(({ row, line, externalId, problems }) =>
    problems.map(({ pointer, code, message }) =>
      csvLine([String(row), line === undefined ? null : String(line), externalId, pointer, code, message]),
    ),
  );
  return [csvLine(columns), ...lines].join('');
}
