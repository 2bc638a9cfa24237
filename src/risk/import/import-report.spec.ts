import type { PlannedRow } from './import-plan';
import { ImportReport } from './import-report';
import { MAX_ROWS_SHOWN } from './import.dto';

const planned = (row: number, outcome: PlannedRow['outcome']): PlannedRow => ({
  ...{ row, outcome, externalId: null, problems: [], notices: [] },
});

describe('the report of a long import', () => {
  it('shows the rows that failed before others, all in the order of the file', () => {
    const report = new ImportReport(false);
    report.add([planned(1, 'failed'), planned(2, 'unchanged')]);
    report.add(Array.from({ length: MAX_ROWS_SHOWN }, (_, index) => planned(index + 3, 'created')));
    report.add([planned(2000, 'failed')]);
    const { rows, rowsNotShown } = report.result();
    const places = rows.map(({ row }) => row);
    expect([places[0], ...places.slice(-2)]).toEqual([1, MAX_ROWS_SHOWN, 2000]);
    expect([rows.length, rowsNotShown]).toEqual([MAX_ROWS_SHOWN, 2]);
  });
});
