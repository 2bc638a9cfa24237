export const CONNECTOR_STATUSES = ['ACTIVE', 'INACTIVE', 'DEPRECATED', 'BETA'] as const;
export type ConnectorStatus = (typeof CONNECTOR_STATUSES)[number];

export const CONNECTOR_CATEGORIES = [
  'vulnerability_management',
  'threat_intelligence',
  'file_import',
  'compliance',
  'cloud_security',
  'ticketing',
  'notification',
] as const;
export type ConnectorCategory = (typeof CONNECTOR_CATEGORIES)[number];

/** What a connector can do. */
export const CAPABILITIES = [
  'risk_import',
  'risk_export',
  'mitigation_sync',
  'vuln_scanning',
  'threat_intel',
  'compliance',
  'notifications',
  'reporting',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
