import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client';
import { withClient } from './open-database';
import { sessionClient } from './open-session';
import type { TestApp, TestTenant } from './test-app';

/** A member of the tenant whose role grants nothing at all. */
export async function powerlessMember({ app, url, database }: TestApp, tenant: TestTenant): Promise<ApiClient> {
  const [userId, roleId] = [randomUUID(), randomUUID()];
  await withClient(database.adminUrl, async (client) => {
    await client.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Nobody', 'none')`, [
      userId,
      `${userId}@example.test`,
    ]);
    await client.query(
      `INSERT INTO roles (tenant_id, id, name, level, permissions) VALUES ($1, $2, 'Nothing ' || $2::uuid, 0, '{}')`,
      [tenant.id, roleId],
    );
    await client.query('INSERT INTO memberships (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [
      tenant.id,
      userId,
      roleId,
    ]);
  });
  return sessionClient(app, url, tenant.id, userId);
}
