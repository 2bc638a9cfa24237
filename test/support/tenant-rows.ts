import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from 'pg';

export type Row = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly check: string;
}

interface Table {
  readonly name: string;
  /** `tenant_id`, but `id` in the table of the tenants. */
  readonly tenantColumn: string;
  /** Those that an INSERT has to name. */
  readonly required: readonly Column[];
  readonly references: readonly {
    readonly table: string;
    readonly columns: readonly string[];
    readonly keys: readonly string[];
  }[];
}

/** For rules that span columns and cannot be read from the catalogue. */
const PARTICULAR: Readonly<Record<string, Row>> = {
  roles: { key: 'viewer' },
  risk_settings: {
    ...{ probability_labels: ['a', 'b', 'c', 'd', 'e'], impact_labels: ['a', 'b', 'c', 'd', 'e'] },
    ...{ severity_labels: ['a', 'b', 'c', 'd'], medium_from: 5, high_from: 6, critical_from: 7 },
  },
};

const TENANT_TABLES = `
  SELECT c.relname AS name, CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END AS "tenantColumn",
    (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL), 'check', coalesce((
        SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)), '')) ORDER BY a.attnum), '[]')
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
        AND NOT a.atthasdef AND a.attgenerated = '') AS required,
    (SELECT coalesce(json_agg(json_build_object('table', f.confrelid::regclass::text,
        'columns', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(f.conkey) WITH ORDINALITY u (n, o)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n),
        'keys', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(f.confkey) WITH ORDINALITY u (n, o)
          JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = n))), '[]')
      FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f') AS references
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (c.relname = 'tenants'
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'))
  ORDER BY c.relname`;

/** Every tenant table as the catalogue describes it, so that a table made tomorrow is among them. */
export async function tenantTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(TENANT_TABLES);
  return parentsFirst(rows);
}

/** A valid row that is new but for what it refers to, which is taken from the rows that a tenant has. */
export function validRow(table: Table, tenantId: string, existing: ReadonlyMap<string, Row>): Row {
  const referred = table.references.flatMap(({ table: parent, columns, keys }) =>
    columns.map((column, index) => [column, existing.get(parent)?.[keys[index] ?? '']] as const),
  );
  const values = table.required.map((column) => [column.name, valueFor(column)] as const);
  const required = new Set(table.required.map(({ name }) => name));
  return {
    ...Object.fromEntries(values),
    ...Object.fromEntries(referred.filter(([column]) => required.has(column))),
    ...PARTICULAR[table.name],
    [table.tenantColumn]: tenantId,
  };
}

export function insertInto(table: string, row: Row): { text: string; values: unknown[] } {
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  return {
    text: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})`,
    values: Object.values(row),
  };
}

/** One row in every tenant table. @returns each by the name of its table; the user by `users` */
export async function seedTenant(admin: Client, tenantId: string): Promise<Map<string, Row>> {
  const user = { id: randomUUID(), email: `${randomUUID()}@example.test`, name: 'Somebody', password_hash: 'none' };
  await admin.query(insertInto('users', user));
  const existing = new Map<string, Row>([['users', user]]);
  for (const table of await tenantTables(admin)) {
    const row = validRow(table, tenantId, existing);
    await admin.query(insertInto(table.name, row));
    existing.set(table.name, row);
  }
  return existing;
}

function parentsFirst(tables: readonly Table[]): Table[] {
  const sorted: Table[] = [];
  const add = (table: Table): void => {
    if (sorted.includes(table)) return;
    for (const { table: parent } of table.references) {
      const found = tables.find(({ name }) => name === parent && name !== table.name);
      if (found) add(found);
    }
    sorted.push(table);
  };
  tables.forEach(add);
  return sorted;
}

function valueFor({ type, check }: Column): unknown {
  const choice = /ARRAY\['([^']+)'/.exec(check)?.[1];
  if (choice !== undefined) return choice;
  if (type === 'uuid') return randomUUID();
  if (type === 'bytea') return randomBytes(32);
  if (type === 'jsonb') return '{}';
  if (type === 'boolean') return false;
  if (type.endsWith('[]')) return [];
  if (/^(smallint|integer|bigint|numeric|real|double)/.test(type)) return 3;
  if (/^(timestamp|date)/.test(type)) return '2026-01-01';
  return randomUUID();
}
