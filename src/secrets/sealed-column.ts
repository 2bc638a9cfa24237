import type { SecretPlace } from './secret-box';

/** A column of a tenant table with the key (tenant_id, id) that holds sealed texts, or null. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  place(tenantId: string, rowId: string): SecretPlace;
}

const columns = new Map<string, SealedColumn>();

/**
 * Makes a column known to `npm run secrets:rotate`. Called once, at the top of the file that seals into the column.
 *
 * @throws Error when a name is not one of SQL in small letters
 */
export function sealedColumn(table: string, column: string): SealedColumn {
  const name = `${table}.${column}`;
  if (!/^[a-z_]{1,63}\.[a-z_]{1,63}$/.test(name)) throw new Error(`${name} is no column.`);
  const sealed: SealedColumn = {
    table,
    column,
    place: (tenantId, rowId) => ({ tenantId, column: name, rowId }),
  };
  columns.set(name, sealed);
  return sealed;
}

/** Of all rooms that are loaded. */
export function sealedColumns(): SealedColumn[] {
  return [...columns.values()];
}
