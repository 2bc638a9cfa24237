import { isObject, type JsonObject } from '../json-document';
import type { SourceRecord } from '../source-record';

const cveId = /^CVE-\d{4}-\d{4,19}$/;

/** Whether it has the two halves of a finding of Dependency-Track. */
export function isDependencyTrackFinding(item: unknown): boolean {
  return isObject(item) && isObject(item['vulnerability']) && isObject(item['component']);
}

/** Findings of Dependency-Track, of its file as of its API, with the fields of the generic findings JSON. */
export function dependencyTrackRecords(records: readonly SourceRecord[]): SourceRecord[] {
  return records.map((record) => {
    if (record.problem) return record;
    const [vulnerability, component] = [record.fields.get('vulnerability'), record.fields.get('component')];
    if (isObject(vulnerability) && isObject(component)) {
      const analysis = record.fields.get('analysis');
      const fields = fieldsOf(
        vulnerability,
        component,
        isObject(analysis) ? analysis : {},
        record.fields.get('matrix'),
      );
      return { ...record, fields: new Map(Object.entries(fields)) };
    }
    const problem = { pointer: '', code: 'required', message: 'needs a "vulnerability" and a "component"' };
    return { ...record, fields: new Map(), problem };
  });
}

/** Values stay as they are: what is of a wrong type is the problem of its row. */
function fieldsOf(
  vulnerability: JsonObject,
  component: JsonObject,
  analysis: JsonObject,
  matrix: unknown,
): Record<string, unknown> {
  const { state, isSuppressed } = analysis;
  return {
    title: titleOf(vulnerability, component),
    description: vulnerability['description'],
    severity: vulnerability['severity'] === 'UNASSIGNED' ? undefined : vulnerability['severity'],
    mitigation: vulnerability['recommendation'],
    references: vulnerability['references'],
    vulnerability_ids: cvesOf(vulnerability),
    cwe: vulnerability['cweId'],
    cwes: idsOf(vulnerability['cwes'], 'cweId'),
    cvssv3: vulnerability['cvssV3Vector'],
    cvssv3_score: vulnerability['cvssV3BaseScore'],
    cvssv4: vulnerability['cvssV4Vector'],
    cvssv4_score: vulnerability['cvssV4Score'],
    epss_score: vulnerability['epssScore'],
    epss_percentile: vulnerability['epssPercentile'],
    component_name: component['name'],
    component_version: component['version'],
    service: component['projectName'],
    unique_id_from_tool: matrix,
    false_p: state === 'FALSE_POSITIVE',
    is_mitigated: state === 'RESOLVED',
    out_of_scope: state === 'NOT_AFFECTED' || isSuppressed === true,
  };
}

function titleOf(vulnerability: JsonObject, component: JsonObject): unknown {
  const { vulnId, title } = vulnerability;
  if (typeof vulnId !== 'string' || vulnId === '') return title;
  const what = typeof title === 'string' && title !== '' ? `: ${title}` : '';
  return typeof component['name'] === 'string' ? `${vulnId}${what} in ${component['name']}` : `${vulnId}${what}`;
}

/** Another database's id has its CVE among the aliases. */
function cvesOf({ vulnId, aliases }: JsonObject): string[] {
  const known = [vulnId, ...(idsOf(aliases, 'cveId') ?? [])];
  return [...new Set(known.filter((id): id is string => typeof id === 'string' && cveId.test(id)))];
}

function idsOf(list: unknown, name: string): unknown[] | undefined {
  return Array.isArray(list) ? list.filter(isObject).flatMap((item) => item[name] ?? []) : undefined;
}
