import { instantText } from './audit-chain';

/** SQL of an entry's parts, of the rows `l` of audit_log and `u` of users (its actor), by the names of the API. */
const parts: readonly [name: string, sql: string][] = [
  ['id', 'l.id'],
  ['at', instantText('l.at')],
  ['sessionId', 'l.session_id'],
  ['apiTokenId', 'l.api_token_id'],
  ['action', 'l.action'],
  ['resource', 'l.resource'],
  ['resourceId', 'l.resource_id'],
  ['outcome', 'l.outcome'],
  ['requestId', 'l.request_id'],
  ['address', 'l.address'],
  ['details', 'l.details'],
];

const actor = `CASE WHEN l.actor_id IS NOT NULL THEN json_build_object('id', l.actor_id, 'name', u.name) END`;

/** Arguments of json_build_object for an AuditEntryResponse. */
export const ENTRY_FIELDS = [['actor', actor], ...parts].map(([name, sql]) => `'${name}', ${sql}`).join(', ');

const cells: typeof parts = [...parts, ['actorId', 'l.actor_id'], ['actorName', 'u.name']];

export const CSV_NAMES = cells.map(([name]) => name);

/** SQL of the cells of a line, texts or null, in the order of {@link CSV_NAMES}. */
export const CSV_CELLS = `json_build_array(${cells.map(([, sql]) => `(${sql})::text`).join(', ')})`;
