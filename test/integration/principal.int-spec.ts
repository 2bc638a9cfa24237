import { randomBytes, randomUUID } from 'node:crypto';
import { Cache } from '../../src/cache/cache';
import type { Tag } from '../../src/cache/tag';
import { runInContext, type Actor } from '../../src/context/request-context';
import { authorizationOf, type Principal } from '../../src/rbac/principal';
import { PrincipalReader } from '../../src/rbac/principal.reader';
import { RbacTags } from '../../src/rbac/rbac.cache';
import { Permission } from '../../src/rbac/permission';
import { withClient } from '../support/open-database';
import { insertInto, type Row } from '../support/tenant-rows';
import { createTestApp, type TestApp } from '../support/test-app';

/** An UPDATE, and the tag of what it changes. */
type Change = (userId: string, sessionId: string) => [text: string, id: string, tag: Tag];

/** Who somebody is, read from Postgres, and how long the cache believes it. */
describe('the principal', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
    withClient(app.database.adminUrl, (client) => client.query(text, values));

  const insert = async (table: string, row: Row): Promise<string> => {
    const id = randomUUID();
    await withClient(app.database.adminUrl, (client) =>
      client.query(insertInto(table, { tenant_id: app.acme.id, id, ...row })),
    );
    return id;
  };

  const newSession = (userId: string, row: Row = {}): Promise<string> =>
    insert('sessions', { user_id: userId, expires_at: '2999-01-01', ...row });

  const newApiToken = (userId: string, row: Row = {}): Promise<string> => {
    const secret = { secret_hash: randomBytes(32), expires_at: '2999-01-01' };
    return insert('api_tokens', { user_id: userId, name: 'robot', ...secret, ...row });
  };

  const asActor = <T>(actor: Omit<Actor, 'tenantId'>, work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'test', actor: { tenantId: app.acme.id, ...actor } }, work);

  const principalOf = (actor: Omit<Actor, 'tenantId'>): Promise<Principal> =>
    asActor(actor, () => app.app.get(PrincipalReader).current());

  const isLive = (actor: Omit<Actor, 'tenantId'>): Promise<boolean> =>
    principalOf(actor).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ status: 401 });
        return false;
      },
    );

  const evict = (...tags: Tag[]): Promise<unknown> =>
    asActor({ userId: app.acme.userIds.admin }, () => app.app.get(Cache).evict({ tags }));

  it('is a member with a role, teams and team mates', async () => {
    const { analyst, manager, viewer } = app.acme.userIds;
    const [red, blue] = [await insert('teams', { name: 'Red' }), await insert('teams', { name: 'Blue' })];
    const join = 'INSERT INTO team_members (tenant_id, team_id, user_id) VALUES ($1, $2, $3)';
    for (const userId of [analyst, viewer]) await sql(join, [app.acme.id, red, userId]);
    for (const userId of [analyst, viewer, manager]) await sql(join, [app.acme.id, blue, userId]);
    const principal = await principalOf({ userId: analyst });
    expect(principal).toMatchObject({
      email: 'analyst@acme.test',
      role: { key: 'analyst', level: 3 },
      credential: null,
    });
    expect(principal.teamIds).toEqual([red, blue].sort());
    expect(principal.teamMateIds).toEqual([manager, viewer].sort());
    expect((await principalOf({ userId: app.acme.userIds.admin })).teamMateIds).toEqual([]);
  });

  it('is nobody in a tenant that they are no member of', async () => {
    expect(await isLive({ userId: app.globex.userIds.admin })).toBe(false);
  });

  it.each<[string, (userId: string) => Promise<Omit<Actor, 'tenantId' | 'userId'>>, boolean]>([
    ['a session', async (userId) => ({ sessionId: await newSession(userId) }), true],
    ['a session that was never made', () => Promise.resolve({ sessionId: randomUUID() }), false],
    ['a revoked session', async (userId) => ({ sessionId: await newSession(userId, { revoked_at: 'now' }) }), false],
    [
      'an expired one',
      async (userId) => ({ sessionId: await newSession(userId, { expires_at: '2020-01-01' }) }),
      false,
    ],
    ["a colleague's session", async () => ({ sessionId: await newSession(app.acme.userIds.viewer) }), false],
    ['an API token', async (userId) => ({ apiTokenId: await newApiToken(userId) }), true],
    [
      'a revoked API token',
      async (userId) => ({ apiTokenId: await newApiToken(userId, { revoked_at: 'now' }) }),
      false,
    ],
    ["a colleague's API token", async () => ({ apiTokenId: await newApiToken(app.acme.userIds.viewer) }), false],
    ['a session as an API token', async (userId) => ({ apiTokenId: await newSession(userId) }), false],
    ['an API token as a session', async (userId) => ({ sessionId: await newApiToken(userId) }), false],
  ])('comes with %s', async (_what, credential, live) => {
    const { admin } = app.acme.userIds;
    expect(await isLive({ userId: admin, ...(await credential(admin)) })).toBe(live);
  });

  it('is gone the moment the session expires, although the answer is still cached', async () => {
    const { admin } = app.acme.userIds;
    const sessionId = await newSession(admin, { expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect(await isLive({ userId: admin, sessionId })).toBe(true);
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    try {
      expect(await isLive({ userId: admin, sessionId })).toBe(false);
    } finally {
      later.mockRestore();
    }
  });

  it('has no more rights than the API token leaves', async () => {
    const { manager } = app.acme.userIds;
    const apiTokenId = await newApiToken(manager, {
      grants: ['risk:read:tenant', 'risk:delete:tenant', 'user:delete:own'],
    });
    const { grants } = authorizationOf(await principalOf({ userId: manager, apiTokenId }));
    expect([...grants]).toEqual([
      [Permission.RiskRead, 'tenant'],
      [Permission.RiskDelete, 'team'],
    ]);
  });

  it.each<[string, Change]>([
    [
      'the session',
      (_userId, sessionId) => [
        'UPDATE sessions SET revoked_at = now() WHERE id = $1',
        sessionId,
        RbacTags.credential(sessionId),
      ],
    ],
    [
      'the membership',
      (userId) => [`UPDATE memberships SET status = 'DISABLED' WHERE user_id = $1`, userId, RbacTags.member(userId)],
    ],
    [
      'the account',
      (userId) => [`UPDATE users SET status = 'DISABLED' WHERE id = $1`, userId, RbacTags.member(userId)],
    ],
  ])('is cached until the tag of %s is evicted', async (_what, change) => {
    const userId = randomUUID();
    await sql(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Temporary', 'none')`, [
      userId,
      `${userId}@acme.test`,
    ]);
    await sql(
      `INSERT INTO memberships (tenant_id, user_id, role_id) SELECT tenant_id, $2, id FROM roles WHERE tenant_id = $1 AND key = 'viewer'`,
      [app.acme.id, userId],
    );
    const actor = { userId, sessionId: await newSession(userId) };
    expect(await isLive(actor)).toBe(true);
    const [text, id, tag] = change(userId, actor.sessionId);
    await sql(text, [id]);
    expect(await isLive(actor)).toBe(true);
    await evict(tag);
    expect(await isLive(actor)).toBe(false);
  });

  it('is read anew once the tag of the roles, the teams or the tenant is evicted', async () => {
    const { viewer } = app.globex.userIds;
    const asViewer = <T>(work: () => Promise<T>): Promise<T> =>
      runInContext({ requestId: 'test', actor: { tenantId: app.globex.id, userId: viewer } }, work);
    const read = (): Promise<Principal> => asViewer(() => app.app.get(PrincipalReader).current());
    for (const [name, changed] of Object.entries({
      roles: RbacTags.roles,
      teams: RbacTags.teams,
      tenant: RbacTags.tenant,
    })) {
      const before = await read();
      await sql(`UPDATE tenants SET name = $2 WHERE id = $1`, [app.globex.id, name]);
      expect(await read()).toBe(before);
      await asViewer(() => app.app.get(Cache).evict({ tags: [changed] }));
      expect((await read()).tenant.name).toBe(name);
    }
  });
});
