import type { RiskResponse } from '../../risk.dto';
import type { Batches } from '../batches';

export const EMPTY_LIST = '[]';

/** A JSON list with one item per risk and line. */
export async function* jsonList(
  batches: Batches,
  itemOf: (risk: RiskResponse) => object,
): AsyncGenerator<string, void> {
  let between = '[\n';
  for await (const risks of batches()) {
    if (risks.length === 0) continue;
    yield between + risks.map((risk) => JSON.stringify(itemOf(risk))).join(',\n');
    between = ',\n';
  }
  yield between === '[\n' ? EMPTY_LIST : '\n]';
}
