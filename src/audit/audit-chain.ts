import { createHash } from 'node:crypto';

/** A place in a tenant's chain; with its hash noted elsewhere, nobody can rewrite what lies before it unseen. */
export interface ChainHead {
  readonly position: number;
  /** 32 bytes, in hex. */
  readonly hash: string;
}

/** Before the first entry: position 0 and 32 zero bytes. */
export const CHAIN_START: ChainHead = { position: 0, hash: '0'.repeat(64) };

/** Every column of audit_log, in the order in which they are hashed, as text. */
const columns: readonly [name: string, sql: string][] = [
  ['tenant_id', 'l.tenant_id::text'],
  ['id', 'l.id::text'],
  ['at', instantText('l.at')],
  ['actor_id', 'l.actor_id::text'],
  ['session_id', 'l.session_id::text'],
  ['api_token_id', 'l.api_token_id::text'],
  ['action', 'l.action'],
  ['resource', 'l.resource'],
  ['resource_id', 'l.resource_id'],
  ['outcome', 'l.outcome'],
  ['request_id', 'l.request_id'],
  ['address', 'l.address'],
  ['details', 'l.details::text'],
];

export const HASHED_COLUMNS: readonly string[] = columns.map(([name]) => name);

/**
 * SQL of the row `l` of audit_log as a JSON array of texts: what {@link sealHash} takes. Postgres writes the texts, jsonb
 * included, so that no number or string passes through another program's idea of it.
 */
export const HASHED_FIELDS = `json_build_array(${columns.map(([, sql]) => sql).join(', ')})`;

/** SQL of an instant as it is hashed: UTC, milliseconds, `2026-06-30T12:00:00.000Z`. */
export function instantText(sql: string): string {
  return `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/**
 * SHA-256 over the 32 bytes of the hash before and, in UTF-8, the line `openrisk-audit-1`, then one line each for the
 * position, the instant of sealing and the columns: length in bytes, colon, text; or `-` for NULL. docs/audit.md tells
 * this to authors of other programs.
 *
 * @param before hash of the position before, in hex
 * @param fields of {@link HASHED_FIELDS}
 * @returns hex
 */
export function sealHash(
  before: string,
  position: number,
  sealedAt: string,
  fields: readonly (string | null)[],
): string {
  const lines = [String(position), sealedAt, ...fields].map(lineOf);
  return createHash('sha256')
    .update(Buffer.from(before, 'hex'))
    .update(`openrisk-audit-1\n${lines.join('')}`)
    .digest('hex');
}

/** The length in front makes it impossible to move a character from one field into the next. */
function lineOf(field: string | null): string {
  return field === null ? '-\n' : `${Buffer.byteLength(field)}:${field}\n`;
}
