import type { Transaction } from '../../database/session';

const BATCH = 500;

/**
 * Inserts rows of the tenant, a few hundred per statement. Their properties are the columns, in camelCase; all rows have
 * the same.
 *
 * @param table a name of our own, never of a client
 */
export async function insertRows(tx: Transaction, table: string, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
    .map(snakeCase)
    .join(', ');
  const sql = `
    INSERT INTO ${table} (tenant_id, ${columns})
    SELECT $1, ${columns} FROM jsonb_populate_recordset(NULL::${table}, $2::jsonb)`;
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH).map((row) => {
      const columnsOfRow = Object.entries(row).map(([name, value]) => [snakeCase(name), value as unknown]);
      return Object.fromEntries(columnsOfRow) as object;
    });
    await tx.query(sql, [tx.tenantId, JSON.stringify(batch)]);
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
