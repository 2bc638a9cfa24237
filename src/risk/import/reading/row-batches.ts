import type { ImportRow } from '../import-row';

/** Rows that are looked up and written together: enough to forget the round trips, few enough to hold in memory. */
const MOST_ROWS = 1000;
/** Of descriptions, in characters: rows can be long. */
const MOST_TEXT = 1_000_000;

export function* rowBatches(rows: Iterable<ImportRow>): Generator<readonly ImportRow[]> {
  let [batch, text]: [ImportRow[], number] = [[], 0];
  for (const row of rows) {
    batch.push(row);
    text += row.candidate?.description.length ?? 0;
    if (batch.length < MOST_ROWS && text < MOST_TEXT) continue;
    yield batch;
    [batch, text] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
