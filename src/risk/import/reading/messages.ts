import type { FieldProblem } from '../../../errors/domain-error';
import type { ImportFormatId } from '../formats/file-format';
import type { ImportRow } from '../import-row';
import type { ImportOptions } from '../read-import';

/** What the thread is started with. */
export interface ReadingOrder {
  readonly file: Uint8Array;
  readonly options: ImportOptions;
}

/** What a file is found to be, when all of it has been read once. */
export interface FileFacts {
  readonly format: ImportFormatId;
  /** Data rows. */
  readonly total: number;
  /** Columns or fields that nothing was made of. */
  readonly unread: readonly string[];
}

/** The first of all, and then one for each message that asks for it; behind the last rows there are none. */
export type ReadingAnswer =
  | { readonly kind: 'opened'; readonly facts: FileFacts }
  | { readonly kind: 'rows'; readonly rows: readonly ImportRow[] }
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly line?: number;
      readonly errors?: readonly FieldProblem[];
    };
