import { createHash } from 'node:crypto';
import { rowsOfFile } from '../risk/import/connector-rows';
import type { SyncContext, SyncStep } from './connector';

const RECORDS_PER_STEP = 500;

/**
 * The risks of one file, step by step; the last step says that the listing is complete. A checkpoint goes on only in the
 * same file: another one begins at its beginning.
 *
 * @throws UnreadableImport 422 when nothing of the file can be read
 */
export async function* fileSteps(
  file: Buffer,
  hints: Parameters<typeof rowsOfFile>[1],
  { checkpoint, signal }: Pick<SyncContext, 'checkpoint' | 'signal'>,
): AsyncGenerator<SyncStep> {
  const version = createHash('sha256').update(file).digest('hex').slice(0, 16);
  const [checkedVersion, checked] = checkpoint?.split(':') ?? [];
  let at = checkedVersion === version ? Number(checked) : 0;
  for await (const { rows, total } of rowsOfFile(file, hints, { signal, from: at })) {
    let taken = 0;
    do {
      const some = rows.slice(taken, taken + RECORDS_PER_STEP);
      taken += some.length;
      at += some.length;
      const records = some.map((row) => ({ kind: 'risk', row }) as const);
      const complete = at >= total;
      yield { records, checkpoint: `${version}:${at}`, total, ...(complete ? { complete } : {}) };
    } while (taken < rows.length);
  }
}
