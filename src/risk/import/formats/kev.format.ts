import type { CustomFieldValue } from '../../custom-field-values';
import { RISK_LIMITS } from '../../risk-terms';
import { refuseRepeatedIds } from '../external-id';
import { cut, fitTags, fitTexts } from '../fit-text';
import type { ImportRow, RiskCandidate } from '../import-row';
import { isObject, jsonRecords, type JsonDocument } from '../json-document';
import { cataloguedRatings } from '../rating-tables';
import { mapped } from '../repeatable';
import { readRow, unreadColumns, unreadNames, type RowReader } from '../row-reader';
import type { SourceRecord } from '../source-record';
import { UnreadableImport } from '../unreadable-import';
import type { ImportFormat } from './file-format';

const cveId = /^CVE-\d{4}-\d{4,19}$/;
const fieldNames = new Set([
  ...['cveID', 'vendorProject', 'product', 'vulnerabilityName', 'dateAdded', 'shortDescription', 'requiredAction'],
  ...['dueDate', 'knownRansomwareCampaignUse', 'notes', 'cwes'],
]);

/** Known Exploited Vulnerabilities catalogue, as JSON or as CSV. */
export const kevFormat: ImportFormat = {
  id: 'kev',
  title: 'CISA Known Exploited Vulnerabilities (JSON or CSV)',
  needs: 'a list "vulnerabilities" of objects with "cveID", or the columns cveID and vulnerabilityName',

  recognises(document) {
    if (document.kind === 'csv') return ['cveID', 'vulnerabilityName'].every((name) => document.columns.includes(name));
    const { root } = document;
    if (!isObject(root) || !('vulnerabilities' in root)) return false;
    const list: unknown = root['vulnerabilities'];
    const first: unknown = Array.isArray(list) ? list[0] : undefined;
    return 'catalogVersion' in root || (isObject(first) && 'cveID' in first);
  },

  read(document) {
    const isKnown = (name: string): boolean => fieldNames.has(name);
    if (document.kind === 'csv') {
      return { rows: rowsOf(document.records), unread: unreadColumns(document.columns, (name) => name, isKnown) };
    }
    const records = recordsOf(document);
    return { rows: rowsOf(records), unread: unreadNames(records, isKnown) };
  },
};

function rowsOf(records: Iterable<SourceRecord>): Iterable<ImportRow> {
  return refuseRepeatedIds(
    mapped(records, (record) => readRow(record, toCandidate)),
    'cveID',
  );
}

function recordsOf(document: JsonDocument): readonly SourceRecord[] {
  const list = isObject(document.root) ? document.root['vulnerabilities'] : undefined;
  if (!Array.isArray(list)) throw new UnreadableImport('"vulnerabilities" must be a list.');
  return jsonRecords(list);
}

function toCandidate(fields: RowReader): RiskCandidate | undefined {
  const id = fields.requiredText('cveID');
  const name = fields.requiredText('vulnerabilityName');
  if (id !== undefined && !cveId.test(id)) fields.refuse('cveID', 'cve-id', 'must be a CVE id such as CVE-2024-3094');
  const vendor = fields.text('vendorProject');
  const product = fields.text('product');
  const dueDate = fields.date('dueDate', 'refuse-ambiguous');
  const dateAdded = fields.date('dateAdded', 'refuse-ambiguous');
  const byRansomware = fields.text('knownRansomwareCampaignUse')?.toLowerCase() === 'known';
  const cwes = fields.list('cwes', /[,;]/);
  const body = fields.text('shortDescription') ?? '';
  const sections = [
    ['Required action', fields.text('requiredAction')],
    ['Notes', fields.text('notes')],
  ] as const;
  if (id === undefined || name === undefined) return undefined;

  const texts = fitTexts(`${id}: ${name}`, body, sections);
  if (texts.cut) fields.note('vulnerabilityName', 'cut', 'was longer than a risk may hold and was cut');
  const customFields: Record<string, CustomFieldValue> = { cveId: id, knownRansomware: byRansomware };
  if (vendor) customFields['vendor'] = cut(vendor, RISK_LIMITS.customFieldText);
  if (product) customFields['product'] = cut(product, RISK_LIMITS.customFieldText);
  if (dateAdded) customFields['dateAdded'] = dateAdded;
  return {
    externalId: id,
    title: texts.title,
    description: texts.description,
    category: 'Vulnerability',
    ...cataloguedRatings(byRansomware),
    status: 'IDENTIFIED',
    tags: fitTags(['KEV', byRansomware ? 'ransomware' : undefined, vendor, product, ...cwes]),
    frameworks: [],
    ...(dueDate ? { dueDate } : {}),
    customFields,
  };
}
