import { randomUUID } from 'node:crypto';
import { Database } from '../../src/database/database';
import type { Permission, Scope } from '../../src/rbac/permission';
import type { TenantRoleResponse } from '../../src/rbac/roles/role.dto';
import type { TeamResponse } from '../../src/rbac/teams/team.dto';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import type { MemberResponse } from '../../src/rbac/users/member.dto';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { sessionClient } from '../support/open-session';
import type { TestApp, TestTenant } from '../support/test-app';

export interface TestMember {
  readonly id: string;
  readonly client: ApiClient;
}

/** `risk:read` for the whole tenant, or `risk:read:own`. */
export type GrantText = Permission | `${Permission}:${Scope}`;

export function grantOf(text: GrantText): { permission: Permission; scope: Scope } {
  const [resource, action, scope = 'tenant'] = text.split(':');
  return { permission: `${resource}:${action}` as Permission, scope: scope as Scope };
}

/** @throws Error with the answer when it is not made */
export async function addRole(
  client: ApiClient,
  level: number,
  grants: readonly GrantText[],
  name = `Role ${randomUUID()}`,
): Promise<TenantRoleResponse> {
  return made(
    await client.post('/api/v1/rbac/roles', { name, level, grants: grants.map(grantOf) }),
  ) as TenantRoleResponse;
}

/** @throws Error with the answer when it is not made */
export async function addTeam(client: ApiClient, name = `Team ${randomUUID()}`): Promise<TeamResponse> {
  return made(await client.post('/api/v1/rbac/teams', { name })) as TeamResponse;
}

/** The id of a predefined role. */
export async function roleId(client: ApiClient, key: string): Promise<string> {
  const { body } = await client.get('/api/v1/rbac/roles?predefined=true');
  const role = (body.items as TenantRoleResponse[]).find((candidate) => candidate.key === key);
  if (!role) throw new Error(`There is no role ${key}`);
  return role.id;
}

/** Past the API, since passwords take time. @returns the member with a session */
export async function addMember(
  app: TestApp,
  role: string,
  { id: tenantId }: TestTenant = app.acme,
): Promise<TestMember> {
  const id = randomUUID();
  await app.app.get(Database).transaction(
    async (tx) => {
      await tx.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, 'none')`, [
        id,
        `${id}@members.test`,
        `Member ${id}`,
      ]);
      await tx.query('INSERT INTO memberships (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [tenantId, id, role]);
    },
    { tenantId },
  );
  return { id, client: await sessionClient(app.app, app.url, tenantId, id) };
}

/** A tenant of its own, in which all are Admins; the first owns it. */
export async function tenantOfAdmins(app: TestApp, count: number): Promise<{ id: string; admins: TestMember[] }> {
  const id = randomUUID();
  const people = Array.from({ length: count }, () => ({ id: randomUUID(), name: 'Admin', role: 'admin' as const }));
  const [first, ...others] = people.map((person) => ({
    ...person,
    email: `${person.id}@admins.test`,
    passwordHash: 'none',
  }));
  if (!first) throw new Error('A tenant has an Admin');
  await createTenant(app.app.get(Database), { id, name: id, slug: id, members: [first, ...others] });
  const admins = people.map(async (person) => ({
    id: person.id,
    client: await sessionClient(app.app, app.url, id, person.id),
  }));
  return { id, admins: await Promise.all(admins) };
}

export async function memberOf(client: ApiClient, id: string): Promise<MemberResponse> {
  return (await client.get(`/api/v1/rbac/users/${id}`)).body as MemberResponse;
}

function made(answer: ApiAnswer): unknown {
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}
