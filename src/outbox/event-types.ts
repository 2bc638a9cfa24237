/** What can be subscribed to. Names are for ever: receivers know them. */
export const EVENT_TYPES = [
  ...(['risk.created', 'risk.updated', 'risk.status_changed', 'risk.deleted', 'risk.restored'] as const),
  ...(['risk.imported', 'risk.synced'] as const),
  ...(['mitigation.created', 'mitigation.updated', 'mitigation.status_changed', 'mitigation.deleted'] as const),
  ...(['acceptance.requested', 'acceptance.approved', 'acceptance.rejected', 'acceptance.withdrawn'] as const),
  ...(['acceptance.revoked', 'acceptance.expiring', 'acceptance.expired'] as const),
  ...(['connector.installed', 'connector.synced', 'connector.failed', 'connector.uninstalled'] as const),
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
