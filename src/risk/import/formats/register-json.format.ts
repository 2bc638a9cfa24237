import { refuseRepeatedIds } from '../external-id';
import { isObject, jsonRecords } from '../json-document';
import { mapped } from '../repeatable';
import { readRow, unreadNames } from '../row-reader';
import type { ImportDocument, ImportFormat } from './file-format';
import { READ_ONLY_FIELDS, readRegisterRow } from './register-row';

/** The register's own JSON: a list of risks, bare or as the API answers it. */
export const registerJsonFormat: ImportFormat = {
  id: 'register-json',
  title: 'OpenRisk register (JSON)',
  needs: 'a list of risks, or an object with a list "items" or "risks", each with title, probability and impact',

  recognises(document) {
    const risks = risksOf(document);
    if (!risks) return false;
    const sample = risks.find(isObject);
    return sample ? 'title' in sample || 'probability' in sample || 'impact' in sample : risks.length === 0;
  },

  read(document) {
    const records = jsonRecords(risksOf(document) ?? []);
    return {
      rows: refuseRepeatedIds(
        mapped(records, (record) => readRow(record, readRegisterRow)),
        'externalId',
      ),
      unread: unreadNames(records, (name) => !READ_ONLY_FIELDS.has(name)),
    };
  },
};

function risksOf(document: ImportDocument): readonly unknown[] | undefined {
  if (document.kind !== 'json') return undefined;
  const { root } = document;
  const list = isObject(root) ? (root['items'] ?? root['risks']) : root;
  return Array.isArray(list) ? list : undefined;
}
