import * as fc from 'fast-check';
import type { Client } from 'pg';
import { parseGrants, Permission, scopesOf, type Grants } from '../../src/rbac/permission';
import { grantsOf } from '../../src/rbac/role-matrix';
import { addMember, addRole, addTeam, grantOf, roleId, tenantOfAdmins, type GrantText } from '../factories/access';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { escalationsIn, widerReachesIn, type Held, type Snapshot } from '../support/escalations';
import { withClient } from '../support/open-database';
import { sessionClient } from '../support/open-session';
import { createTestApp, type TestApp } from '../support/test-app';

const STEPS = 400;
/** Ids are random, and with them who does what to whom: it goes on for as long as something was not done and refused. */
const STEPS_AT_MOST = 4_000;

const helpers: GrantText[] = [
  ...(['user:read', 'user:create', 'user:update', 'user:delete', 'role:read', 'role:create', 'role:update'] as const),
  ...([
    'role:delete',
    'team:read',
    'team:create',
    'team:update',
    'team:delete',
    'risk:read',
    'risk:update:team',
  ] as const),
];
const given = [Permission.RiskRead, Permission.RiskUpdate, Permission.RiskDelete, Permission.UserUpdate].flatMap(
  (permission) => scopesOf(permission).map((scope): GrantText => `${permission}:${scope}`),
);

const kinds = ['make', 'edit', 'grant', 'delete', 'assign', 'switch', 'remove', 'invite', 'team up', 'part'] as const;
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  actor: fc.nat(),
  target: fc.nat(),
  role: fc.nat(),
  team: fc.nat(),
  level: fc.constantFrom(0, 3, 6, 9),
  grants: fc.uniqueArray(fc.constantFrom(...given), { maxLength: 3, selector: (text) => grantOf(text).permission }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface State extends Snapshot {
  readonly roles: readonly { readonly id: string; readonly key: string | null }[];
  readonly teamIds: readonly string[];
  readonly everybody: readonly string[];
}

describe('who may do what, after random changes by random members', () => {
  let app: TestApp;
  const clients = new Map<string, ApiClient>();

  beforeAll(async () => {
    app = await createTestApp({ env: { RATE_LIMIT_ENABLED: 'false' } });
  });
  afterAll(() => app.close());

  it('was never got from somebody who did not have it, and there is always an Admin', async () => {
    const { id: tenantId, admins } = await tenantOfAdmins(app, 3);
    const [first] = admins;
    if (!first) throw new Error('There is no Admin');
    for (const admin of admins) clients.set(admin.id, admin.client);
    const tenant = { ...app.acme, id: tenantId };
    const roles = [3, 6, 9].map((level) => addRole(first.client, level, helpers));
    for (const role of await Promise.all(roles)) {
      for (let count = 0; count < 2; count++) {
        const member = await addMember(app, role.id, tenant);
        clients.set(member.id, member.client);
      }
    }
    const viewer = await addMember(app, await roleId(first.client, 'viewer'), tenant);
    clients.set(viewer.id, viewer.client);
    await Promise.all([addTeam(first.client), addTeam(first.client)]);

    const outcomes = new Set<string>();
    const awaited = kinds.flatMap((kind) => [`${kind} done`, `${kind} refused`]);
    await withClient(app.database.adminUrl, async (sql) => {
      let before = await stateOf(sql, tenantId);
      for (const [at, next] of fc.sample(step, { numRuns: STEPS_AT_MOST, seed: 4 }).entries()) {
        if (at >= STEPS && outcomes.size === awaited.length) break;
        const actor = pick([...before.people.keys()], next.actor);
        const held = before.people.get(actor);
        const client = clients.get(actor);
        if (!held || !client) throw new Error('Nobody acts');
        const { status } = await attempt(client, next, before);
        expect(status).toBeLessThan(500);
        outcomes.add(`${next.kind} ${status < 300 ? 'done' : 'refused'}`);
        const after = await stateOf(sql, tenantId);
        const granter = { userId: actor, ...held };
        expect([at, ...escalationsIn(before, after, granter)]).toEqual([at]);
        if (next.kind === 'team up') expect([at, ...widerReachesIn(before, after, granter)]).toEqual([at]);
        before = after;
        // Sessions of who was switched off stay ended: they come back with a new one.
        if (next.kind === 'switch' && status < 300) await letInAgain(before);
      }
    });
    expect([...outcomes].sort()).toEqual(awaited.sort());

    async function letInAgain(state: State): Promise<void> {
      for (const userId of state.people.keys()) {
        const { status } = (await clients.get(userId)?.get('/api/v1/auth/me')) ?? { status: 401 };
        if (status === 401) clients.set(userId, await sessionClient(app.app, app.url, tenantId, userId));
      }
    }
  }, 120_000);
});

function attempt(
  client: ApiClient,
  { kind, target, role, team, level, grants }: Step,
  state: State,
): Promise<ApiAnswer> {
  const any = { 'if-match': '*' };
  const userId = pick(state.everybody, target);
  const own = state.roles.filter(({ key }) => key === null);
  const roleToAssign = pick(state.roles, role).id;
  const rolePath = `/api/v1/rbac/roles/${pick(own.length > 0 ? own : state.roles, role).id}`;
  const userPath = `/api/v1/rbac/users/${userId}`;
  const teamPath = `/api/v1/rbac/teams/${pick(state.teamIds, team)}/members`;
  const wanted = grants.map(grantOf);
  switch (kind) {
    case 'make':
      return client.post('/api/v1/rbac/roles', { name: `r${Math.random()}`, level, grants: wanted });
    case 'edit':
      return client.patch(rolePath, { level, grants: wanted }, any);
    case 'grant':
      return client.post(`${rolePath}/permissions`, wanted[0] ?? grantOf('risk:read'));
    case 'delete':
      return client.delete(rolePath, any);
    case 'assign':
      return client.patch(`${userPath}/role`, { roleId: roleToAssign }, any);
    case 'switch':
      return client.patch(userPath, { status: state.people.has(userId) ? 'DISABLED' : 'ACTIVE' }, any);
    case 'remove':
      // Now and then only, or nobody would be left.
      return target % 4 === 0 ? client.delete(userPath, any) : client.delete(`${userPath}/x`);
    case 'invite':
      return client.post('/api/v1/rbac/invitations', { email: `i${Math.random()}@x.test`, roleId: roleToAssign });
    case 'team up':
      return client.post(teamPath, { userId });
    case 'part':
      return client.delete(`${teamPath}/${userId}`);
  }
}

/** Read past the application. */
async function stateOf(sql: Client, tenantId: string): Promise<State> {
  const members = await sql.query<{
    id: string;
    status: string;
    level: number;
    key: string | null;
    permissions: string[];
  }>(
    `SELECT m.user_id AS id, m.status, r.level, r.key, r.permissions FROM memberships m
       JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id WHERE m.tenant_id = $1 ORDER BY m.user_id`,
    [tenantId],
  );
  const roles = await sql.query<{ id: string; key: string | null }>(
    'SELECT id, key FROM roles WHERE tenant_id = $1 ORDER BY id',
    [tenantId],
  );
  const teams = await sql.query<{ id: string; people: string[] }>(
    `SELECT id, ARRAY(SELECT user_id::text FROM team_members WHERE tenant_id = $1 AND team_id = teams.id) AS people
       FROM teams WHERE tenant_id = $1 ORDER BY id`,
    [tenantId],
  );
  const grants = (key: string | null, permissions: string[]): Grants =>
    key === null ? parseGrants(permissions) : grantsOf(key);
  const people = members.rows
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ id, level, key, permissions }): [string, Held] => [
      id,
      { level, grants: grants(key, permissions), isAdmin: key === 'admin' },
    ]);
  return {
    people: new Map(people),
    teams: teams.rows.map((team) => new Set(team.people)),
    roles: roles.rows,
    teamIds: teams.rows.map(({ id }) => id),
    everybody: members.rows.map(({ id }) => id),
  };
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from');
  return item;
}
