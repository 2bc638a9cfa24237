import { csvLine } from '../../../audit/csv-line';
import type { Batches } from '../batches';
import { cellsOf, REGISTER_COLUMNS } from '../register-cells';

/** The register's own CSV. */
export async function* registerCsv(batches: Batches): AsyncGenerator<string> {
  yield csvLine(REGISTER_COLUMNS);
  for await (const risks of batches()) {
    yield risks.map((risk) => csvLine(cellsOf(risk).map((cell) => (cell === null ? null : String(cell))))).join('');
  }
}
