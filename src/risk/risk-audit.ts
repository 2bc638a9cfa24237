import type { AuditEntry } from '../audit/audit-log';
import type { RiskRecord } from './risk-record';
import type { HistoryAction } from './risk-writer';

/** What happens to a risk that exists; an import, or a step of a synchronisation, is one entry for all of its risks. */
export type RiskChange = Exclude<HistoryAction, 'CREATED' | 'IMPORTED' | 'SYNCED'>;

const actions: Readonly<Record<RiskChange, string>> = {
  UPDATED: 'risk.update',
  DELETED: 'risk.delete',
  RESTORED: 'risk.restore',
  TRANSITIONED: 'risk.transition',
};

/** Free text, of any length and with anything in it: that it changed is told, what it says is in the risk's history. */
const untold = new Set<keyof RiskRecord>(['description', 'customFields']);
/** Characters of JSON. */
const LONGEST_VALUE = 300;

/** What the audit log says of a new risk. */
export function creationEntry({ id, title, severity, score, status, externalId }: RiskRecord): AuditEntry {
  const details = { version: 1, title: small(title), severity, score, status, externalId: small(externalId) };
  return { action: 'risk.create', resource: 'risk', resourceId: id, details };
}

/**
 * What the audit log says of a change.
 *
 * @param version that the risk has since
 */
export function changeEntry(
  action: RiskChange,
  version: number,
  before: RiskRecord,
  after: RiskRecord,
  changedFields: readonly string[],
): AuditEntry {
  const changes = (changedFields as readonly (keyof RiskRecord)[]).map((field) =>
    untold.has(field) ? { field } : { field, before: told(field, before), after: told(field, after) },
  );
  const details = { version, title: small(after.title), changes };
  return { action: actions[action], resource: 'risk', resourceId: after.id, details };
}

function told(field: keyof RiskRecord, risk: RiskRecord): unknown {
  return small(field === 'assets' ? risk.assets.map(({ id }) => id) : risk[field]);
}

/** Undefined, and so left out, when it is too long. */
function small(value: unknown): unknown {
  return JSON.stringify(value).length <= LONGEST_VALUE ? value : undefined;
}
