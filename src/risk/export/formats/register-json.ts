import type { Batches } from '../batches';
import { jsonList } from './json-list';

/** The register's own JSON: a list of risks as the API answers them. */
export async function* registerJson(batches: Batches): AsyncGenerator<string> {
  yield* jsonList(batches, (risk) => risk);
  yield '\n';
}
