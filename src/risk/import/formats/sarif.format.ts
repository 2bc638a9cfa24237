import { hashId } from '../external-id';
import { isObject, jsonRecords, type JsonObject } from '../json-document';
import type { SourceRecord } from '../source-record';
import { UnreadableImport } from '../unreadable-import';
import type { ImportDocument, ImportFormat } from './file-format';
import { findingRows } from './merge-findings';
import { SarifRules, textOf, type SarifRule } from './sarif-rules';

/** Results that say that nothing is wrong, or that it does not apply. */
const noFindings = new Set<unknown>(['pass', 'notApplicable']);

const severityOfLevel = new Map<unknown, string>([
  ['error', 'High'],
  ['warning', 'Medium'],
  ['note', 'Low'],
  ['none', 'Info'],
]);

/** Results of static analysis. */
export const sarifFormat: ImportFormat = {
  id: 'sarif',
  title: 'SARIF log (2.1.0)',
  needs: 'an object with a list "runs"',

  recognises(document) {
    const root = rootOf(document);
    if (!root) return false;
    return Array.isArray(root['runs']) || (typeof root['$schema'] === 'string' && root['$schema'].includes('sarif'));
  },

  read(document) {
    const runs = rootOf(document)?.['runs'] ?? [];
    if (!Array.isArray(runs)) throw new UnreadableImport('"runs" must be a list.');
    const items = runs.filter(isObject).flatMap(findingsOf);
    return { rows: findingRows(withOrdinals(jsonRecords(items))), unread: [] };
  },
};

function rootOf(document: ImportDocument): JsonObject | undefined {
  return document.kind === 'json' && isObject(document.root) ? document.root : undefined;
}

/** With the fields of the generic findings JSON; what is no object stays, and is the problem of its row. */
function findingsOf(run: JsonObject): unknown[] {
  const rules = new SarifRules(run['tool']);
  const driver = isObject(run['tool']) && isObject(run['tool']['driver']) ? run['tool']['driver'] : {};
  const results = run['results'] ?? [];
  if (!Array.isArray(results)) throw new UnreadableImport('"results" of a run must be a list.');
  return results
    .filter((result) => !isObject(result) || !noFindings.has(result['kind']))
    .map((result: unknown) => (isObject(result) ? findingOf(result, rules.ruleOf(result), driver['name']) : result));
}

function findingOf(result: JsonObject, rule: SarifRule, tool: unknown): Record<string, unknown> {
  const message = messageOf(result['message'], rule);
  const { uri, line } = placeOf(result);
  const about = rule.title ?? message?.split('\n')[0];
  const title = [rule.id, about].filter((part) => part !== undefined).join(': ');
  return {
    title,
    description: [message, rule.help === message ? undefined : rule.help].filter(Boolean).join('\n\n'),
    severity: severityOf(result, rule),
    cwes: rule.cwes,
    file_path: uri,
    line,
    tags: typeof tool === 'string' ? [tool.replaceAll(/[,;|]/g, ' ')] : [],
    is_mitigated: result['baselineState'] === 'absent',
    risk_accepted: isSuppressed(result['suppressions']),
    unique_id_from_tool: hashId(['sarif', String(tool), title, uri ?? '', fingerprintOf(result) ?? message]),
  };
}

function severityOf(result: JsonObject, { level, securitySeverity }: SarifRule): unknown {
  const score = Number(securitySeverity ?? NaN);
  if (score >= 0 && score <= 10) {
    return score >= 9 ? 'Critical' : score >= 7 ? 'High' : score >= 4 ? 'Medium' : score > 0 ? 'Low' : 'Info';
  }
  const given = result['level'] ?? (result['kind'] === undefined || result['kind'] === 'fail' ? level : 'none');
  return severityOfLevel.get(given ?? 'warning') ?? given;
}

/** Its own text, or the rule's with the arguments in place. */
function messageOf(message: unknown, { messages }: SarifRule): string | undefined {
  const own = textOf(message);
  if (own !== undefined || !isObject(message)) return own;
  const template = typeof message['id'] === 'string' ? textOf(messages[message['id']]) : undefined;
  const values = Array.isArray(message['arguments']) ? message['arguments'] : [];
  return template?.replaceAll(/\{(\d{1,3})\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

function placeOf(result: JsonObject): { readonly uri?: string; readonly line?: unknown } {
  const location: unknown = Array.isArray(result['locations']) ? result['locations'][0] : undefined;
  const physical = isObject(location) ? location['physicalLocation'] : undefined;
  if (!isObject(physical)) return {};
  const artifact = physical['artifactLocation'];
  const region = physical['region'];
  return {
    ...(isObject(artifact) && typeof artifact['uri'] === 'string' ? { uri: artifact['uri'] } : {}),
    ...(isObject(region) ? { line: region['startLine'] } : {}),
  };
}

/** A suppression that is under review, or was refused, is none. */
function isSuppressed(suppressions: unknown): boolean {
  return (
    Array.isArray(suppressions) &&
    suppressions.some((one) => isObject(one) && [undefined, 'accepted'].includes(one['status'] as undefined))
  );
}

/** What stays the same while lines move. A hash of the whole file does not. */
function fingerprintOf({ fingerprints, partialFingerprints }: JsonObject): string | undefined {
  const partial = isObject(partialFingerprints) ? partialFingerprints : {};
  const chosen = isObject(fingerprints) && Object.keys(fingerprints).length > 0 ? fingerprints : partial;
  const entries = Object.entries(chosen).filter(([name, value]) => !/file/i.test(name) && typeof value === 'string');
  return entries.length === 0 ? undefined : JSON.stringify(entries.sort());
}

/** The same rule, message and file again, on another line, is another finding: the second one, the third one, ... */
function withOrdinals(records: readonly SourceRecord[]): SourceRecord[] {
  const seen = new Map<unknown, number>();
  return records.map((record) => {
    const id = record.fields.get('unique_id_from_tool');
    const ordinal = (seen.get(id) ?? 0) + 1;
    seen.set(id, ordinal);
    if (typeof id !== 'string' || ordinal === 1) return record;
    return { ...record, fields: new Map([...record.fields, ['unique_id_from_tool', `${id}-${ordinal}`]]) };
  });
}
