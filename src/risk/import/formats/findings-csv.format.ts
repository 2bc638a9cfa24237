import { unreadColumns } from '../row-reader';
import { foldName, renameFields } from '../source-record';
import type { ImportFormat } from './file-format';
import { FINDING_COLUMNS, FINDING_FIELDS } from './finding-fields';
import { findingRows } from './merge-findings';

const foldedFields = new Map([...FINDING_FIELDS].map((name) => [foldName(name), name]));

/** Generic findings CSV. Unlike in the JSON, columns of one's own are allowed: they are reported as unread. */
export const findingsCsvFormat: ImportFormat = {
  id: 'findings-csv',
  title: 'generic findings (CSV, as DefectDojo reads it)',
  needs: 'the columns Title and Severity',

  recognises(document) {
    if (document.kind !== 'csv') return false;
    const columns = new Set(document.columns.map(foldName));
    return columns.has('title') && columns.has('severity') && !columns.has('probability');
  },

  read(document) {
    if (document.kind !== 'csv') return { rows: [], unread: [] };
    const records = renameFields(document.records, fieldOf);
    const unread = unreadColumns(document.columns, fieldOf, (name) => FINDING_FIELDS.has(name));
    return { rows: findingRows(records), unread };
  },
};

function fieldOf(column: string): string | undefined {
  const folded = foldName(column);
  return FINDING_COLUMNS.get(folded) ?? foldedFields.get(folded);
}
