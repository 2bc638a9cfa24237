import { randomUUID } from 'node:crypto';
import { makeOpaqueToken } from '../../src/context/opaque-token';
import { runInContext } from '../../src/context/request-context';
import { AcceptInvitation, type Joining } from '../../src/rbac/invitations/accept-invitation';
import { withClient } from '../support/open-database';
import { insertInto, type Row } from '../support/tenant-rows';
import { createTestApp, type TestApp } from '../support/test-app';

describe('an invitation', () => {
  let app: TestApp;
  let door: AcceptInvitation;

  beforeAll(async () => {
    app = await createTestApp();
    door = app.app.get(AcceptInvitation);
  });
  afterAll(() => app.close());

  const sql = (text: string, values: unknown[] = []): Promise<Row[]> =>
    withClient(app.database.adminUrl, async (client) => (await client.query<Row>(text, values)).rows);

  async function invite(email: string, given: Row = {}): Promise<string> {
    const id = randomUUID();
    const { token, secretHash } = makeOpaqueToken('ori', app.acme.id, id);
    const [role] = await sql(`SELECT id FROM roles WHERE tenant_id = $1 AND key = 'analyst'`, [app.acme.id]);
    const row = { tenant_id: app.acme.id, id, email, role_id: role?.['id'], invited_by: app.acme.userIds.admin };
    const insert = insertInto('invitations', { ...row, secret_hash: secretHash, expires_at: '2999-01-01', ...given });
    await sql(insert.text, insert.values);
    return token;
  }

  const accept = (token: string, joining: Joining): Promise<void> =>
    runInContext({ requestId: 'test' }, async () => door.accept(await door.find(token), joining));
  const newcomer = (): Joining => ({ userId: randomUUID(), newAccount: { name: 'New', passwordHash: 'none' } });
  const memberships = (userId: string): Promise<Row[]> =>
    sql('SELECT tenant_id FROM memberships WHERE user_id = $1', [userId]);
  const email = (): string => `${randomUUID()}@new.test`;

  it('makes the account and the membership, and says so in the audit log', async () => {
    const joining = newcomer();
    const token = await invite(email());
    await accept(token, joining);
    expect(await memberships(joining.userId)).toEqual([{ tenant_id: app.acme.id }]);
    const entries = await sql(`SELECT tenant_id, action FROM audit_log WHERE actor_id = $1`, [joining.userId]);
    expect(entries).toEqual([{ tenant_id: app.acme.id, action: 'invitation.accept' }]);
  });

  it('lets an existing account in, under its own address only', async () => {
    const { admin, analyst } = app.globex.userIds;
    const token = await invite('ADMIN@globex.test');
    expect((await door.find(token)).account).toMatchObject({ id: admin, isActive: true });
    await expect(accept(token, { userId: analyst })).rejects.toMatchObject({ code: 'rbac.invitation-not-open' });
    expect(await memberships(analyst)).toEqual([{ tenant_id: app.globex.id }]);
    await accept(token, { userId: admin });
    expect(await memberships(admin)).toHaveLength(2);
  });

  it('is used once, however many try at the same time', async () => {
    const token = await invite(email());
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => accept(token, newcomer())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'rbac.invitation-not-open' });
    }
    await expect(accept(token, newcomer())).rejects.toMatchObject({ code: 'rbac.invitation-not-open' });
  });

  it.each<[string, Row]>([
    ['expired', { expires_at: '2020-01-01' }],
    ['revoked', { revoked_at: '2020-01-01' }],
    ['accepted', { accepted_at: '2020-01-01' }],
    ['of another secret', { secret_hash: Buffer.alloc(32) }],
  ])('opens nothing when it is %s', async (_what, given) => {
    const token = await invite(email(), given);
    await expect(door.find(token)).rejects.toMatchObject({ status: 404, code: 'rbac.invitation-not-open' });
  });

  it.each([
    ['empty', ''],
    ['cut off', 'ori_'],
    ['of a tenant that there is not', `ori_${'0'.repeat(64)}_${'a'.repeat(43)}`],
    ['too long', `ori_${'0'.repeat(64)}_${'a'.repeat(44)}`],
    ['something else', 'x'.repeat(9999)],
  ])('opens nothing with a text that is %s', async (_what, token) => {
    await expect(door.find(token)).rejects.toMatchObject({ code: 'rbac.invitation-not-open' });
  });

  it('leaves no account behind when the rest fails', async () => {
    const joining = newcomer();
    const token = await invite(email());
    const invited = await door.find(token);
    await sql('UPDATE invitations SET revoked_at = now() WHERE tenant_id = $1 AND id = $2', [app.acme.id, invited.id]);
    const late = runInContext({ requestId: 'test' }, () => door.accept(invited, joining));
    await expect(late).rejects.toMatchObject({ code: 'rbac.invitation-not-open' });
    expect(await sql('SELECT id FROM users WHERE id = $1', [joining.userId])).toEqual([]);
  });

  it('does not open a tenant that is suspended', async () => {
    const token = await invite(email());
    await sql(`UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, [app.acme.id]);
    await expect(door.find(token)).rejects.toMatchObject({ code: 'rbac.invitation-not-open' });
    await sql(`UPDATE tenants SET status = 'ACTIVE' WHERE id = $1`, [app.acme.id]);
    await expect(door.find(token)).resolves.toMatchObject({ tenantSlug: 'acme' });
  });
});
