import { unguarded } from '../../../audit/csv-line';
import { refuseRepeatedIds } from '../external-id';
import { mapped } from '../repeatable';
import { readRow, unreadColumns } from '../row-reader';
import { foldName, renameFields, type SourceRecord } from '../source-record';
import type { ImportFormat } from './file-format';
import { LIST_FIELDS, READ_ONLY_FIELDS, readRegisterRow, REGISTER_FIELDS } from './register-row';

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
    const rows = mapped(renameFields(document.records, fieldOf), (record) =>
      readRow(asExported(record), readRegisterRow),
    );
    return {
      rows: refuseRepeatedIds(rows, 'externalId'),
      unread: unreadColumns(document.columns, fieldOf, (name) => !READ_ONLY_FIELDS.has(name)),
    };
  },
};

function fieldOf(column: string): string | undefined {
  return fieldOfColumn.get(foldName(column));
}

/** An export guards what a spreadsheet would run, and writes a list in JSON where separators would not do. */
function asExported(record: SourceRecord): SourceRecord {
  const fields = [...record.fields].map(([name, cell]) => {
    const text = typeof cell === 'string' ? unguarded(cell) : cell;
    return [name, LIST_FIELDS.has(name) ? (jsonList(text) ?? text) : text] as const;
  });
  return { ...record, fields: new Map(fields) };
}

function jsonList(cell: unknown): readonly unknown[] | undefined {
  if (typeof cell !== 'string' || !cell.startsWith('["')) return undefined;
  try {
    const list: unknown = JSON.parse(cell);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
