import type { ImportFormatId } from './formats/file-format';
import { dependencyTrackRecords } from './formats/dependency-track';
import { findingRows } from './formats/merge-findings';
import { MAX_IMPORT_BYTES } from './import-limits';
import type { ImportRow, Rating } from './import-row';
import { jsonRecords } from './json-document';
import { probabilityOf } from './rating-tables';
import { readImport } from './read-import';

/** Largest file that is read: what a connector fetches need not be larger. */
export const MOST_FILE_BYTES = MAX_IMPORT_BYTES;

/**
 * The rows of a file, as an import of it would read them.
 *
 * @param format instead of finding it out from the file
 * @throws UnreadableImport 422 when nothing of the file can be read
 */
export async function rowsOfFile(
  file: Buffer,
  { format, fileName }: { readonly format?: ImportFormatId; readonly fileName?: string } = {},
): Promise<readonly ImportRow[]> {
  const hints = { ...(format === undefined ? {} : { format }), ...(fileName === undefined ? {} : { fileName }) };
  return (await readImport(file, hints)).rows;
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
