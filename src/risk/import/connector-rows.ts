import type { ImportFormatId } from './formats/file-format';
import { dependencyTrackRecords } from './formats/dependency-track';
import { findingRows } from './formats/merge-findings';
import { MAX_IMPORT_BYTES } from './import-limits';
import type { ImportRow, Rating } from './import-row';
import { jsonRecords } from './json-document';
import { probabilityOf } from './rating-tables';
import { openReading } from './reading/open-reading';

/** Largest file that is read: what a connector fetches need not be larger. */
export const MOST_FILE_BYTES = MAX_IMPORT_BYTES;

interface FileHints {
  /** Instead of finding it out from the file. */
  readonly format?: ImportFormatId;
  readonly fileName?: string;
}

/**
 * The rows of a file, as an import of it would read them: batch by batch as they are asked for, a large file in a thread
 * of its own.
 *
 * @param from how many rows to leave out
 * @returns how many rows there are in all, with each batch; at least one batch, which may be empty
 * @throws UnreadableImport 422 when nothing of the file can be read; the reason of the signal
 */
export async function* rowsOfFile(
  file: Buffer,
  hints: FileHints,
  { signal, from = 0 }: { readonly signal: AbortSignal; readonly from?: number },
): AsyncGenerator<{ readonly total: number; readonly rows: readonly ImportRow[] }> {
  const { facts, reading } = await openReading(file, hints, signal);
  try {
    const { total } = facts;
    let read = 0;
    if (from >= total) yield { total, rows: [] };
    for await (const batch of reading.batches()) {
      const rows = batch.slice(Math.max(0, from - read));
      read += batch.length;
      if (rows.length > 0) yield { total, rows };
    }
  } finally {
    await reading.close();
  }
}

/** Whether {@link rowsOfFile} could read it. @throws as that does */
export async function checkFile(file: Buffer, hints: FileHints, signal: AbortSignal): Promise<void> {
  const { reading } = await openReading(file, hints, signal);
  await reading.close();
}

/** Findings with the fields of the generic findings JSON; of other fields nothing is made. */
export function rowsOfFindings(findings: readonly unknown[]): readonly ImportRow[] {
  return findingRows(jsonRecords(findings));
}

/** Findings as the API of Dependency-Track tells them. */
export function rowsOfDependencyTrack(findings: readonly unknown[]): readonly ImportRow[] {
  return findingRows(dependencyTrackRecords(jsonRecords(findings)));
}

/** What a forecast of exploitation (EPSS, 0 to 1) alone makes of the probability. */
export function forecastProbability(epss: number): Rating {
  return probabilityOf({ seen: false, byRansomware: false, epss }).probability;
}
