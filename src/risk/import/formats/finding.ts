import type { CustomFieldValue } from '../../custom-field-values';
import { RISK_LIMITS } from '../../risk-terms';
import { hashId, sourceId } from '../external-id';
import { cut, type Section } from '../fit-text';
import { MAX_LIST_ITEMS } from '../import-limits';
import type { Rating } from '../import-row';
import { isObject } from '../json-document';
import { impactOfSeverity, KNOWN_SEVERITIES, probabilityOf } from '../rating-tables';
import type { RowReader } from '../row-reader';

/** A finding of a scanner, read but not yet a risk: rows that describe the same one are still to be merged. */
export interface Finding {
  readonly externalId: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  readonly probability: Rating;
  /** Undefined when the file gives no severity. */
  readonly impact?: Rating;
  readonly closed: boolean;
  readonly accepted: boolean;
  readonly tags: readonly string[];
  readonly places: readonly string[];
  readonly dueDate?: string;
  readonly customFields: Readonly<Record<string, CustomFieldValue>>;
}

const listSeparator = /[,;\s]+/;

/** Reads a record whose fields have the names of the findings JSON. */
export function readFinding(fields: RowReader): Finding | undefined {
  const title = fields.requiredText('title');
  const description = fields.text('description') ?? '';
  const impact = readImpact(fields);
  const probability = readProbability(fields);
  const vulnerabilityIds = [...fields.list('cve', listSeparator), ...fields.list('vulnerability_ids', listSeparator)];
  const cwes = readCwes(fields);
  const places = readPlaces(fields);
  const sections: Section[] = [
    ['Impact', fields.text('impact')],
    ['Steps to reproduce', fields.text('steps_to_reproduce')],
    ['Severity justification', fields.text('severity_justification')],
    ['Mitigation', fields.text('mitigation')],
    ['References', fields.text('references')],
  ];
  const closedReasons = readClosedReasons(fields);
  const tags = [...fields.list('tags', /[,;|]/), ...closedReasons, ...vulnerabilityIds, ...cwes];
  const accepted = fields.flag('risk_accepted') ?? false;
  const dueDate = fields.date('planned_remediation_date', 'month-first');
  const customFields = readCustomFields(fields, vulnerabilityIds[0], cwes[0]);
  const externalId = readExternalId(fields, [title, description, vulnerabilityIds.toSorted().join(' ')]);
  if (title === undefined) return undefined;

  const closed = closedReasons.length > 0;
  return {
    ...{ externalId, title, description, sections, probability, closed, accepted, tags, places, customFields },
    ...(impact === undefined ? {} : { impact }),
    ...(dueDate === undefined ? {} : { dueDate }),
  };
}

/**
 * Line numbers and versions stay out: they move with every edit and every upgrade while the finding stays the same.
 * The id of the tool's rule is shared by all findings of that rule, so it only takes part in the hash.
 */
function readExternalId(fields: RowReader, words: readonly (string | undefined)[]): string {
  const own = sourceId(fields.text('unique_id_from_tool'));
  if (own !== undefined) return own;
  const rule = sourceId(fields.text('vuln_id_from_tool'));
  const place = [fields.text('file_path'), fields.text('component_name'), fields.text('service')];
  return hashId([rule, ...words, ...place]);
}

function readImpact(fields: RowReader): Rating | undefined {
  const severity = fields.text('severity');
  if (severity === undefined) return undefined;
  const impact = impactOfSeverity(severity);
  if (impact === undefined)
    fields.refuse('severity', 'choice', `is not a known severity; known are ${KNOWN_SEVERITIES}`);
  return impact;
}

function readProbability(fields: RowReader): Rating {
  const epss = fields.number('epss_score', 0, 1);
  const byRansomware = fields.flag('ransomware_used') ?? false;
  const seen = fields.flag('known_exploited') ?? false;
  const { probability, assumed } = probabilityOf({ seen, byRansomware, ...(epss === undefined ? {} : { epss }) });
  if (assumed) {
    fields.note(
      'epss_score',
      'assumed-probability',
      `is absent, and no exploitation is known: probability ${probability}`,
    );
  }
  return probability;
}

function readClosedReasons(fields: RowReader): string[] {
  const reasons = {
    is_mitigated: 'mitigated',
    false_p: 'false-positive',
    out_of_scope: 'out-of-scope',
    duplicate: 'duplicate',
  };
  return Object.entries(reasons).flatMap(([name, tag]) => (fields.flag(name) ? [tag] : []));
}

function readCwes(fields: RowReader): string[] {
  const main = fields.integer('cwe', 0, 1_000_000);
  const others = fields.list('cwes', listSeparator).map((cwe) => cwe.replace(/^CWE-/i, ''));
  const numbers = [main ? String(main) : '', ...others].filter((cwe) => /^[1-9]\d{0,6}$/.test(cwe));
  return [...new Set(numbers)].map((number) => `CWE-${number}`);
}

function readPlaces(fields: RowReader): string[] {
  const raw = fields.raw('endpoints');
  const endpoints: unknown[] = Array.isArray(raw) ? raw : raw === undefined ? [] : [raw];
  const places = endpoints
    .slice(0, MAX_LIST_ITEMS)
    .map((endpoint) => (isObject(endpoint) ? urlOf(endpoint) : endpoint));
  const bad = places.some((place) => typeof place !== 'string' || place.includes('\0') || !place.isWellFormed());
  if (bad) fields.refuse('endpoints', 'list', 'must be a list of URLs, or of objects with a host');
  const file = fields.text('file_path');
  const line = fields.integer('line', 0, Number.MAX_SAFE_INTEGER);
  const inFile = file === undefined ? [] : [line ? `${file}:${line}` : file];
  return [...inFile, ...places.filter((place) => typeof place === 'string')];
}

function urlOf(endpoint: Readonly<Record<string, unknown>>): string | undefined {
  const part = (name: string): string => {
    const value = endpoint[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  if (part('host') === '') return undefined;
  const protocol = part('protocol') && `${part('protocol')}://`;
  const port = part('port') && `:${part('port')}`;
  const path = part('path') && `/${part('path').replace(/^\//, '')}`;
  return `${protocol}${part('host')}${port}${path}`;
}

function readCustomFields(fields: RowReader, cveId?: string, cwe?: string): Record<string, CustomFieldValue> {
  const values: Record<string, CustomFieldValue | undefined> = {
    cveId,
    cwe,
    epssScore: fields.number('epss_score', 0, 1),
    epssPercentile: fields.number('epss_percentile', 0, 1),
    cvssV3: fields.text('cvssv3'),
    cvssV3Score: fields.number('cvssv3_score', 0, 10),
    cvssV4: fields.text('cvssv4'),
    cvssV4Score: fields.number('cvssv4_score', 0, 10),
    component: fields.text('component_name'),
    componentVersion: fields.text('component_version'),
    service: fields.text('service'),
    fixVersion: fields.text('fix_version'),
    foundOn: fields.date('date', 'month-first'),
    mitigatedOn: fields.date('mitigated', 'month-first'),
    knownExploited: fields.flag('known_exploited'),
    knownExploitedSince: fields.date('kev_date', 'month-first'),
    active: fields.flag('active'),
    verified: fields.flag('verified'),
  };
  const present = Object.entries(values).filter((entry): entry is [string, CustomFieldValue] => entry[1] !== undefined);
  return Object.fromEntries(
    present.map(([name, value]) => [name, typeof value === 'string' ? cut(value, RISK_LIMITS.customFieldText) : value]),
  );
}
