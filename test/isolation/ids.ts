import type { Client } from 'pg';
import { tenantTables } from '../support/tenant-rows';
import type { TestTenant } from '../support/test-app';
import type { Watch } from './watch';

/** Rooms in paths and the tables behind them. */
const TABLES = {
  apps: 'apps',
  assets: 'assets',
  'audit-logs': 'audit_log',
  'custom-fields': 'custom_fields',
  invitations: 'invitations',
  mitigations: 'mitigations',
  risks: 'risks',
  roles: 'roles',
  runs: 'sync_runs',
  sessions: 'sessions',
  teams: 'teams',
  tenants: 'tenants',
  tokens: 'api_tokens',
  users: 'memberships',
} as const;

export type Room = keyof typeof TABLES;

export const isRoom = (name: string): name is Room => Object.hasOwn(TABLES, name);

/** What one tenant has in one room. */
export interface Known {
  /** Everything, also what the other tenant has under the same id. */
  readonly mine: readonly string[];
  /** What nobody else has, and others ask for. The rest is never asked for by others: nowhere may it be told to them. */
  readonly aimedAt: readonly string[];
}

const MOST = 40;

/** Tells the watch whose everything is. @returns what each of the two has by room */
export async function learnIds(
  sql: Client,
  tenants: readonly [TestTenant, TestTenant],
  watch: Watch,
): Promise<ReadonlyMap<TestTenant, ReadonlyMap<Room, Known>>> {
  for (const { name, tenantColumn } of await tenantTables(sql)) {
    const columns = await sql.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
          AND attname IN ('id', 'user_id')`,
      [name],
    );
    for (const column of columns.rows) {
      const { rows } = await sql.query<{ id: string; owners: string[] }>(
        `SELECT ${column.name} AS id, array_agg(DISTINCT ${tenantColumn}) AS owners FROM ${name} GROUP BY 1`,
      );
      for (const { id, owners } of rows) {
        const [owner] = tenants.filter((tenant) => owners.includes(tenant.id));
        if (owner && owners.length === 1) watch.learn(id, owner);
      }
    }
  }
  const known = tenants.map(async (tenant) => [tenant, await roomsOf(sql, tenant, watch)] as const);
  return new Map(await Promise.all(known));
}

async function roomsOf(sql: Client, tenant: TestTenant, watch: Watch): Promise<ReadonlyMap<Room, Known>> {
  const rooms = new Map<Room, Known>();
  for (const [room, table] of Object.entries(TABLES) as [Room, string][]) {
    const id = table === 'memberships' ? 'user_id' : 'id';
    const owner = table === 'tenants' ? 'id' : 'tenant_id';
    const { rows } = await sql.query<{ id: string }>(
      `SELECT ${id} AS id FROM ${table} WHERE ${owner} = $1 ORDER BY random() LIMIT ${MOST}`,
      [tenant.id],
    );
    const mine = rows.map((row) => row.id);
    const only = mine.filter((one) => watch.ownerOf(one) === tenant);
    rooms.set(room, { mine, aimedAt: only.slice(0, Math.ceil(only.length / 2)) });
  }
  return rooms;
}
