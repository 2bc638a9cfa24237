import type { ImportRow } from '../import-row';
import { checkRows, openImport, type ImportOptions } from '../read-import';
import { isWorkbook } from '../workbook/read-workbook';
import type { FileFacts } from './messages';
import { rowBatches } from './row-batches';
import { ThreadReading } from './thread-reading';

/** Text up to this size is read sooner than a thread has begun. A workbook may be much larger than it looks. */
const READ_HERE_BYTES = 65_536;

/** Reads the rows of a file that was found to be sound. To be closed, however it ends. */
interface ImportReading {
  /** In the order of the file. */
  batches(): AsyncIterable<readonly ImportRow[]> | Iterable<readonly ImportRow[]>;
  close(): Promise<void>;
}

/**
 * Reads a file once, to find out whether it can be imported, and then batch by batch as they are asked for.
 *
 * @throws UnreadableImport 422, and the reason of the signal when it is aborted meanwhile
 */
export function openReading(
  file: Buffer,
  options: ImportOptions,
  signal: AbortSignal | undefined,
): Promise<{ facts: FileFacts; reading: ImportReading }> {
  const isSmall = file.length <= READ_HERE_BYTES && !isWorkbook(file);
  return isSmall ? readHere(file, options) : ThreadReading.open(file, options, signal);
}

async function readHere(file: Buffer, options: ImportOptions): Promise<{ facts: FileFacts; reading: ImportReading }> {
  const { format, rows, unread } = await openImport(file, options);
  const facts = { format: format.id, total: checkRows(rows), unread };
  return { facts, reading: { batches: () => rowBatches(rows), close: () => Promise.resolve() } };
}
