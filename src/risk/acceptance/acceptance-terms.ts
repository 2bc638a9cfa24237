/**
 * PENDING waits for a decision, APPROVED is in force. The others are over: REJECTED; WITHDRAWN by who had asked; REVOKED;
 * EXPIRED after its last day; SUPERSEDED by a later one; ENDED when the risk moved on.
 */
export const ACCEPTANCE_STATUSES = [
  'PENDING',
  'APPROVED',
  'REJECTED',
  'WITHDRAWN',
  'REVOKED',
  'EXPIRED',
  'SUPERSEDED',
  'ENDED',
] as const;
export type AcceptanceStatus = (typeof ACCEPTANCE_STATUSES)[number];

/** How long before its last day an acceptance is said to be expiring. */
export const EXPIRY_WARNING_DAYS = 14;
