/** Fields of a finding that end up in the risk. */
export const FINDING_FIELDS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'severity', 'severity_justification', 'impact', 'mitigation', 'steps_to_reproduce'],
  ...['references', 'date', 'cve', 'vulnerability_ids', 'cwe', 'cwes', 'cvssv3', 'cvssv3_score', 'cvssv4'],
  ...['cvssv4_score', 'epss_score', 'epss_percentile', 'known_exploited', 'ransomware_used', 'kev_date'],
  ...['active', 'verified', 'false_p', 'out_of_scope', 'duplicate', 'risk_accepted', 'is_mitigated', 'mitigated'],
  ...['tags', 'endpoints', 'file_path', 'line', 'component_name', 'component_version', 'service', 'fix_version'],
  ...['planned_remediation_date', 'unique_id_from_tool', 'vuln_id_from_tool'],
]);

/** Fields that the format allows and a risk has no use for. */
export const UNUSED_FINDING_FIELDS: ReadonlySet<string> = new Set([
  ...['under_review', 'thread_id', 'numerical_severity', 'param', 'payload', 'static_finding', 'dynamic_finding'],
  ...['scanner_confidence', 'sast_source_object', 'sast_sink_object', 'sast_source_line', 'sast_source_file_path'],
  ...['nb_occurences', 'publish_date', 'planned_remediation_version', 'effort_for_fixing', 'files', 'fix_available'],
]);

/** Columns of the findings CSV whose name differs from the JSON field by more than case and punctuation. */
export const FINDING_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['url', 'endpoints'],
  ['cweid', 'cwe'],
  ['cweids', 'cwes'],
  ['vulnerabilityid', 'vulnerability_ids'],
  ['falsepositive', 'false_p'],
  ['mitigateddate', 'mitigated'],
]);
