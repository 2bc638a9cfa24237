/** Fields that mean the same in the API as in a file of findings. */
const sameFields = [
  ...['title', 'description', 'severity', 'severity_justification', 'impact', 'mitigation', 'steps_to_reproduce'],
  ...['references', 'date', 'cve', 'cwe', 'cvssv3', 'cvssv3_score', 'cvssv4', 'cvssv4_score', 'epss_score'],
  ...['epss_percentile', 'known_exploited', 'ransomware_used', 'kev_date', 'active', 'verified', 'false_p'],
  ...['out_of_scope', 'duplicate', 'risk_accepted', 'is_mitigated', 'tags', 'file_path', 'line', 'component_name'],
  ...['component_version', 'service', 'fix_version', 'planned_remediation_date'],
];

/** A finding of the API with the fields of the generic findings JSON, known by its number in this installation. */
export function findingOf(finding: unknown, host: string): unknown {
  if (!isRecord(finding)) return finding;
  const fields = Object.fromEntries(sameFields.map((name) => [name, finding[name]]));
  const { id, mitigated } = finding;
  return {
    ...fields,
    vulnerability_ids: vulnerabilityIds(finding['vulnerability_ids']),
    mitigated: typeof mitigated === 'string' ? mitigated.slice(0, 10) : mitigated,
    unique_id_from_tool: Number.isSafeInteger(id) ? `${host}/finding/${String(id)}` : undefined,
  };
}

/** `[{ vulnerability_id: 'CVE-...' }]` of the API; a list of texts in a file. */
function vulnerabilityIds(ids: unknown): unknown {
  return Array.isArray(ids) ? ids.map((id: unknown) => (isRecord(id) ? id['vulnerability_id'] : id)) : ids;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
