import { createHash } from 'node:crypto';
import type { SyncRecord, SyncStep } from './connector';

const RECORDS_PER_STEP = 500;

/**
 * The records of one file, step by step; the last step says that the listing is complete. A checkpoint goes on only in the
 * same file: another one begins at its beginning.
 */
export function* fileSteps(
  file: Buffer,
  records: readonly SyncRecord[],
  checkpoint: string | undefined,
): Iterable<SyncStep> {
  const version = createHash('sha256').update(file).digest('hex').slice(0, 16);
  const [checkedVersion, checked] = checkpoint?.split(':') ?? [];
  let at = checkedVersion === version ? Math.min(Number(checked), records.length) : 0;
  do {
    const slice = records.slice(at, at + RECORDS_PER_STEP);
    at += slice.length;
    const complete = at >= records.length;
    yield { records: slice, checkpoint: `${version}:${at}`, total: records.length, ...(complete ? { complete } : {}) };
  } while (at < records.length);
}
