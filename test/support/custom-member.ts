import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client';
import { withClient } from './open-database';
import { sessionClient } from './open-session';
import type { TestApp, TestTenant } from './test-app';

interface CustomMember {
  readonly userId: string;
  readonly roleId: string;
  readonly client: ApiClient;
}

/** A member of the tenant with a custom role of their own. @param permissions each `resource:action:scope` */
export async function customMember(
  { app, url, database }: TestApp,
  tenant: TestTenant,
  permissions: readonly string[],
): Promise<CustomMember> {
  const [userId, roleId] = [randomUUID(), randomUUID()];
  await withClient(database.adminUrl, async (client) => {
    await client.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Custom', 'none')`, [
      userId,
      `${userId}@example.test`,
    ]);
    await client.query(`INSERT INTO roles (tenant_id, id, name, level, permissions) VALUES ($1, $2, $3, 0, $4)`, [
      ...[tenant.id, roleId, `Custom ${roleId}`, permissions],
    ]);
    await client.query('INSERT INTO memberships (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [
      ...[tenant.id, userId, roleId],
    ]);
  });
  return { userId, roleId, client: await sessionClient(app, url, tenant.id, userId) };
}

/** Puts them into a new team of the tenant, past the API and its evictions. @returns the team's id */
export async function team({ database }: TestApp, tenant: TestTenant, ...userIds: string[]): Promise<string> {
  const teamId = randomUUID();
  await withClient(database.adminUrl, async (client) => {
    await client.query('INSERT INTO teams (tenant_id, id, name) VALUES ($1, $2, $3)', [tenant.id, teamId, teamId]);
    await client.query('INSERT INTO team_members (tenant_id, team_id, user_id) SELECT $1, $2, unnest($3::uuid[])', [
      tenant.id,
      teamId,
      userIds,
    ]);
  });
  return teamId;
}
