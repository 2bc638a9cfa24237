export const TREATMENTS = ['ACCEPT', 'MITIGATE', 'TRANSFER', 'AVOID'] as const;
export type Treatment = (typeof TREATMENTS)[number];

/** Where a risk came from; decided by how it enters the register, never by the client. */
export const RISK_SOURCES = ['MANUAL', 'IMPORT', 'CONNECTOR'] as const;
export type RiskSource = (typeof RISK_SOURCES)[number];

export const RISK_LIMITS = {
  title: 255,
  description: 20_000,
  category: 100,
  tags: 50,
  tag: 100,
  assets: 100,
  externalId: 255,
  cadenceDays: { min: 1, max: 3650 },
  customFields: 50,
  customFieldText: 1000,
} as const;
