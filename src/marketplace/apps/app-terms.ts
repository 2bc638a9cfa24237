export const APP_STATUSES = ['PENDING', 'INSTALLED', 'DISABLED', 'ERROR', 'UNINSTALLED'] as const;
export type AppStatus = (typeof APP_STATUSES)[number];

export const SYNC_OUTCOMES = ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type SyncOutcome = (typeof SYNC_OUTCOMES)[number];

export const APP_LIMITS = {
  name: 100,
  /** Seconds. */
  shortestInterval: 60,
  longestInterval: 2_592_000,
  /** Live ones of one connector in a tenant, where it may have several: each webhook makes every change dearer. */
  ofOneConnector: 20,
} as const;
