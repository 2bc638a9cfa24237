import { createHash } from 'node:crypto';

/** Texts beyond this many stay unnamed: each name costs memory on every connection for the connection's whole life. */
const MAX_NAMES = 500;

const names = new Map<string, string>();

/**
 * The name under which a statement is prepared, so that Postgres parses it once per connection.
 * @returns undefined (parse every time) once too many different texts were seen
 */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_NAMES) return known;
  const name = createHash('sha1').update(sql).digest('base64url');
  names.set(sql, name);
  return name;
}
