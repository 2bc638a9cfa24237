import { isObject, jsonRecords } from '../json-document';
import { unreadNames } from '../row-reader';
import { UnreadableImport } from '../unreadable-import';
import type { ImportDocument, ImportFormat } from './file-format';
import { FINDING_FIELDS, UNUSED_FINDING_FIELDS } from './finding-fields';
import { findingRows } from './merge-findings';

/** Generic findings JSON. */
export const findingsJsonFormat: ImportFormat = {
  id: 'findings-json',
  title: 'generic findings (JSON, as DefectDojo reads it)',
  needs: 'an object with a list "findings"',

  recognises(document) {
    return document.kind === 'json' && isObject(document.root) && 'findings' in document.root;
  },

  read(document) {
    const records = jsonRecords(findingsOf(document));
    // The format's own reader refuses names it does not know: a misspelt severity must not become an unrated risk.
    const rows = findingRows(records, (fields) => {
      for (const name of fields.names()) {
        const known = FINDING_FIELDS.has(name) || UNUSED_FINDING_FIELDS.has(name);
        if (!known) fields.refuse(name, 'unknown-field', 'is not a field of a finding');
      }
    });
    return { rows, unread: unreadNames(records, (name) => !UNUSED_FINDING_FIELDS.has(name)) };
  },
};

function findingsOf(document: ImportDocument): readonly unknown[] {
  const root = document.kind === 'json' ? document.root : undefined;
  const findings = isObject(root) ? root['findings'] : undefined;
  if (!Array.isArray(findings)) throw new UnreadableImport('"findings" must be a list.');
  return findings;
}
