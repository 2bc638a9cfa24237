import { unguarded } from '../../../audit/csv-line';
import { refuseRepeatedIds } from '../external-id';
import { readRow, unreadNames } from '../row-reader';
import { foldName, renameFields, type SourceRecord } from '../source-record';
import type { ImportFormat } from './file-format';
import { READ_ONLY_FIELDS, readRegisterRow, REGISTER_FIELDS } from './register-row';

const fieldOfColumn = new Map([...REGISTER_FIELDS, ...READ_ONLY_FIELDS].map((name) => [foldName(name), name]));

/** The register's own CSV: columns are the field names of the API. */
export const registerCsvFormat: ImportFormat = {
  id: 'register-csv',
  title: 'OpenRisk register (CSV)',
  needs: 'the columns title, probability and impact',

  recognises(document) {
    if (document.kind !== 'csv') return false;
    const columns = new Set(document.columns.map(foldName));
    return ['title', 'probability', 'impact'].every((name) => columns.has(name));
  },

  read(document) {
    if (document.kind !== 'csv') return { rows: [], unread: [] };
    const records = renameFields(document.records, (column) => fieldOfColumn.get(foldName(column))).map(asExported);
    return {
      rows: refuseRepeatedIds(
        records.map((record) => readRow(record, readRegisterRow)),
        'externalId',
      ),
      unread: unreadNames(records, (name) => !READ_ONLY_FIELDS.has(name)),
    };
  },
};

/** An export puts an apostrophe before what a spreadsheet would run as a formula; it is not part of the text. */
function asExported(record: SourceRecord): SourceRecord {
  const text = (value: unknown): unknown => (typeof value === 'string' ? unguarded(value) : value);
  return { ...record, fields: new Map([...record.fields].map(([name, value]) => [name, text(value)])) };
}
