import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { ChainHead } from '../../src/audit/audit-chain';
import { verifyAuditLog, type AuditVerdict } from '../../src/audit/audit-verification';
import { until } from './until';

/** A tenant with nothing in it, and with nobody but its owner. @returns its id */
export async function addTenant(admin: Client): Promise<string> {
  const [id, owner] = [randomUUID(), randomUUID()];
  const account = `INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Owner', 'none')`;
  await admin.query(account, [owner, `${owner}@example.test`]);
  const tenant = `INSERT INTO tenants (id, name, slug, owner_id) VALUES ($1, $2, $2, $3)`;
  await admin.query(tenant, [id, `t-${id.slice(0, 30)}`, owner]);
  await admin.query('INSERT INTO tenant_directory (id) VALUES ($1)', [id]);
  return id;
}

/** As `npm run audit:verify` does. @param client with `sqlTypes` */
export function verify(client: Client, tenantId: string, expected: readonly ChainHead[] = []): Promise<AuditVerdict> {
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query<Row & object>(sql, [...parameters])).rows;
  return verifyAuditLog({ tenantId, query }, expected);
}

export async function untilSealed(admin: Client, tenantId: string, timeoutMs?: number): Promise<void> {
  await until(async () => (await countOf(admin, 'audit_unsealed', tenantId)) === 0, timeoutMs);
}

export async function countOf(admin: Client, table: string, tenantId: string): Promise<number> {
  const { rows } = await admin.query<{ count: string }>(`SELECT count(*) FROM ${table} WHERE tenant_id = $1`, [
    tenantId,
  ]);
  return Number(rows[0]?.count);
}
