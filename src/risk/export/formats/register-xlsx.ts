import type { Batches } from '../batches';
import { cellsOf, REGISTER_COLUMNS } from '../register-cells';
import { workbook } from '../workbook/workbook';

/** The register's own columns, as the only sheet of a workbook. */
export function registerXlsx(batches: Batches): AsyncGenerator<Buffer> {
  return workbook('Risks', rowsOf(batches));
}

async function* rowsOf(batches: Batches): AsyncGenerator<(string | number | null)[][]> {
  yield [[...REGISTER_COLUMNS]];
  for await (const risks of batches()) yield risks.map(cellsOf);
}
