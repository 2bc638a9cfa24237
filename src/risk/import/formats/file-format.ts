import type { CsvDocument } from '../csv-document';
import type { ImportRow } from '../import-row';
import type { JsonDocument } from '../json-document';

export type ImportFormatId =
  | 'kev'
  | 'sarif'
  | 'dependency-track'
  | 'findings-json'
  | 'findings-csv'
  | 'scenarios-csv'
  | 'oscal-poam'
  | 'register-csv'
  | 'register-json';

export type ImportDocument = CsvDocument | JsonDocument;

interface FormatRows {
  /** Of all but findings, which are merged, made as they are asked for, and anew each time. */
  readonly rows: Iterable<ImportRow>;
  /** Columns or fields of the file that the format does not use. */
  readonly unread: readonly string[];
}

/** One kind of file that can be imported. */
export interface ImportFormat {
  readonly id: ImportFormatId;
  /** What a user calls it. */
  readonly title: string;
  /** What makes a file one of this format; completes "It needs ...". */
  readonly needs: string;
  recognises(document: ImportDocument): boolean;
  /**
   * Only for a document that it recognises.
   * @throws UnreadableImport
   */
  read(document: ImportDocument): FormatRows;
}
