import { isObject, jsonRecords } from '../json-document';
import { UnreadableImport } from '../unreadable-import';
import { dependencyTrackRecords, isDependencyTrackFinding } from './dependency-track';
import type { ImportDocument, ImportFormat } from './file-format';
import { findingRows } from './merge-findings';

/** Findings as Dependency-Track exports them (Finding Packaging Format). */
export const dependencyTrackFormat: ImportFormat = {
  id: 'dependency-track',
  title: 'Dependency-Track findings (JSON)',
  needs: 'an object with a list "findings" of objects with "component" and "vulnerability"',

  recognises({ kind, ...document }) {
    const root = kind === 'json' && 'root' in document ? document.root : undefined;
    if (!isObject(root)) return false;
    const { meta, findings } = root;
    if (isObject(meta) && meta['application'] === 'Dependency-Track') return true;
    return Array.isArray(findings) && isDependencyTrackFinding(findings[0]);
  },

  read(document) {
    return { rows: findingRows(dependencyTrackRecords(jsonRecords(findingsOf(document)))), unread: [] };
  },
};

function findingsOf(document: ImportDocument): readonly unknown[] {
  const root = document.kind === 'json' ? document.root : undefined;
  const findings = isObject(root) ? (root['findings'] ?? []) : [];
  if (!Array.isArray(findings)) throw new UnreadableImport('"findings" must be a list.');
  return findings;
}
