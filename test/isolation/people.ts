import { AccessTokens } from '../../src/auth/access-token';
import { rightsOfRole } from '../access/expectation';
import { canaryOf } from '../support/canaries';
import { customMember, team } from '../support/custom-member';
import type { TestApp, TestTenant } from '../support/test-app';
import { KeepAliveClient } from './keep-alive-client';

export interface Person {
  readonly name: string;
  readonly tenant: TestTenant;
  readonly token: string;
  readonly client: KeepAliveClient;
}

/** Everybody of a tenant who asks: the four roles, custom roles of each scope, and API tokens. */
export async function peopleOf(app: TestApp, tenant: TestTenant): Promise<Person[]> {
  const people: Person[] = [];
  const add = (name: string, token: string | undefined): void => {
    if (token === undefined) throw new Error(`${name} of ${tenant.slug} has no token`);
    people.push({ name, tenant, token, client: new KeepAliveClient() });
  };
  for (const role of ['viewer', 'analyst', 'manager', 'admin'] as const) {
    add(role, app.app.get(AccessTokens).issue(sessionOf(tenant, role)).token);
  }
  for (const scope of ['own', 'team', 'tenant']) {
    const rights = Object.keys(rightsOfRole('admin')).map((permission) => `${permission}:${scope}`);
    const { userId, client } = await customMember(app, tenant, rights);
    await team(app, tenant, userId, tenant.userIds.analyst);
    add(`custom role, ${scope}`, client.token);
  }
  const read = { permission: 'risk:read', scope: 'own' };
  for (const [role, grants] of [
    ['admin', undefined],
    ['analyst', [read]],
  ] as const) {
    const made = await app.as(role, tenant).post('/api/v1/auth/tokens', { name: canaryOf(tenant), grants });
    if (made.status !== 201) throw new Error(`An API token: ${made.status} ${made.text}`);
    add(`API token of ${role}`, made.body.token);
  }
  return people;
}

function sessionOf({ id, userIds, sessionIds }: TestTenant, role: keyof TestTenant['userIds']) {
  return { tenantId: id, userId: userIds[role], sessionId: sessionIds[role] };
}
