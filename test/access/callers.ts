import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { AccessTokens } from '../../src/auth/access-token';
import { makeOpaqueToken } from '../../src/context/opaque-token';
import { ApiClient } from '../support/api-client';
import { team } from '../support/custom-member';
import { openSession } from '../support/open-session';
import type { TestApp, TestTenant } from '../support/test-app';
import { rightsOfRole, type Caller, type Rights } from './expectation';

/** Somebody who calls every operation. */
export interface NamedCaller extends Caller {
  readonly name: string;
  readonly tenant: TestTenant;
  readonly userId: string;
  /** In a team with them. */
  readonly mateId: string;
  readonly client: ApiClient;
  /** Another session of theirs, to be spent. */
  another(): Promise<ApiClient>;
}

type State = 'good' | 'disabled' | 'account disabled' | 'session revoked' | 'session expired';

/** Everybody of the requirement: the four roles, custom ones of each scope, API tokens, and those who must get nowhere. */
export async function makeCallers(app: TestApp, sql: Pool): Promise<NamedCaller[]> {
  const { acme, globex } = app;
  const people = new People(app, sql);
  const all = (scope: 'own' | 'team' | 'tenant'): Rights =>
    Object.fromEntries(Object.keys(rightsOfRole('admin')).map((permission) => [permission, scope]));
  const mixed: Rights = {
    ...{ 'risk:read': 'team', 'risk:update': 'own', 'risk:delete': 'own', 'risk:create': 'own', 'audit:read': 'team' },
    ...{ 'dashboard:read': 'own', 'role:read': 'tenant', 'team:update': 'own' },
  };
  const admin = rightsOfRole('admin');
  const narrow: Rights = { 'risk:read': 'tenant', 'risk:update': 'own', 'risk:delete': 'team', 'user:read': 'tenant' };
  return [
    people.anonymous(),
    await people.withRole('viewer'),
    await people.withRole('analyst'),
    await people.withRole('manager'),
    await people.withRole('admin'),
    await people.withRights('custom role, everything own', all('own')),
    await people.withRights('custom role, everything of the team', all('team')),
    await people.withRights('custom role, everything', all('tenant')),
    await people.withRights('custom role, mixed', mixed),
    await people.withRights('no role to speak of', {}),
    await people.withRole('admin', 'disabled'),
    await people.withRole('admin', 'account disabled'),
    await people.withRole('admin', 'session revoked'),
    await people.withRole('admin', 'session expired'),
    await people.withToken('API token of an Admin, narrowed', 'admin', narrow, narrow),
    await people.withToken('API token of a Manager', 'manager', undefined, rightsOfRole('manager')),
    await people.withToken('API token of a Viewer, too wide', 'viewer', admin, rightsOfRole('viewer')),
    await people.withToken('API token of an Admin, expired', 'admin', undefined, {}, 'expired'),
    await people.withToken('API token of an Admin, revoked', 'admin', undefined, {}, 'revoked'),
    await people.stranger(globex, acme),
  ];
}

class People {
  constructor(
    private readonly app: TestApp,
    private readonly sql: Pool,
  ) {}

  anonymous(): NamedCaller {
    const client = this.app.anonymous();
    const nobody = { tenant: this.app.acme, userId: this.app.acme.userIds.admin, mateId: this.app.acme.userIds.viewer };
    const another = (): Promise<ApiClient> => Promise.resolve(client);
    return { name: 'anonymous', ...nobody, isGood: false, isApiToken: false, rights: {}, client, another };
  }

  async withRole(key: string, state: State = 'good'): Promise<NamedCaller> {
    const name = state === 'good' ? key : `${key}, ${state}`;
    return this.inSession(name, await this.member(await this.roleId(key)), rightsOfRole(key), state);
  }

  async withRights(name: string, rights: Rights): Promise<NamedCaller> {
    return this.inSession(name, await this.member(await this.customRole(rights)), rights, 'good');
  }

  /** @param rights what is left of them */
  async withToken(
    name: string,
    key: string,
    narrowedTo: Rights | undefined,
    rights: Rights,
    state?: 'expired' | 'revoked',
  ): Promise<NamedCaller> {
    const person = await this.member(await this.roleId(key));
    const id = randomUUID();
    const { token, secretHash } = makeOpaqueToken('ork', this.app.acme.id, id);
    const grants = narrowedTo === undefined ? null : textsOf(narrowedTo);
    const expiresAt = new Date(Date.now() + (state === 'expired' ? -60_000 : 3_600_000));
    await this.sql.query(
      `INSERT INTO api_tokens (tenant_id, id, user_id, name, secret_hash, grants, expires_at, revoked_at)
       VALUES ($1, $2, $3, 'test', $4, $5, $6, $7)`,
      [this.app.acme.id, id, person.userId, secretHash, grants, expiresAt, state === 'revoked' ? new Date() : null],
    );
    const client = new ApiClient(this.app.url, token);
    const another = (): Promise<ApiClient> => Promise.resolve(client);
    return {
      ...{ name, tenant: this.app.acme, ...person, client, another },
      ...{ isGood: state === undefined, isApiToken: true, rights },
    };
  }

  /** The Admin of another tenant, to whom everything of this one is somebody else's. */
  async stranger(theirs: TestTenant, ours: TestTenant): Promise<NamedCaller> {
    const { userId } = await this.member(await this.roleId('admin', theirs), theirs);
    const another = (): Promise<ApiClient> => this.session(theirs, userId);
    const rights = rightsOfRole('admin');
    const person = { tenant: theirs, userId: ours.userIds.admin, mateId: ours.userIds.viewer };
    return {
      ...{ name: "another tenant's Admin", ...person, client: await another(), another },
      ...{ isGood: true, isApiToken: false, rights },
    };
  }

  private async inSession(
    name: string,
    person: { userId: string; mateId: string },
    rights: Rights,
    state: State,
  ): Promise<NamedCaller> {
    const { acme } = this.app;
    const another = async (): Promise<ApiClient> => {
      const client = await this.session(acme, person.userId);
      await this.break(state, person.userId);
      return client;
    };
    const isGood = state === 'good';
    return { name, tenant: acme, ...person, isGood, isApiToken: false, rights, client: await another(), another };
  }

  private async session(tenant: TestTenant, userId: string): Promise<ApiClient> {
    const { app, url } = this.app;
    const sessionId = await openSession(app, tenant.id, userId);
    return new ApiClient(url, app.get(AccessTokens).issue({ tenantId: tenant.id, userId, sessionId }).token);
  }

  private async break(state: State, userId: string): Promise<void> {
    const statements: Readonly<Record<State, string>> = {
      good: 'SELECT $1::uuid',
      disabled: `UPDATE memberships SET status = 'DISABLED' WHERE user_id = $1`,
      'account disabled': `UPDATE users SET status = 'DISABLED' WHERE id = $1`,
      'session revoked': 'UPDATE sessions SET revoked_at = now() WHERE user_id = $1',
      'session expired': `UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1`,
    };
    await this.sql.query(statements[state], [userId]);
  }

  private async member(
    roleId: string,
    tenant: TestTenant = this.app.acme,
  ): Promise<{ userId: string; mateId: string }> {
    const [userId, mateId] = [randomUUID(), randomUUID()];
    for (const id of [userId, mateId]) {
      await this.sql.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Caller', 'none')`, [
        id,
        `${id}@example.test`,
      ]);
      await this.sql.query('INSERT INTO memberships (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [
        ...[tenant.id, id, id === userId ? roleId : await this.roleId('viewer', tenant)],
      ]);
    }
    await team(this.app, tenant, userId, mateId);
    return { userId, mateId };
  }

  private async roleId(key: string, { id: tenantId } = this.app.acme): Promise<string> {
    const { rows } = await this.sql.query<{ id: string }>('SELECT id FROM roles WHERE tenant_id = $1 AND key = $2', [
      tenantId,
      key,
    ]);
    return rows[0]!.id;
  }

  private async customRole(rights: Rights): Promise<string> {
    const id = randomUUID();
    await this.sql.query('INSERT INTO roles (tenant_id, id, name, level, permissions) VALUES ($1, $2, $3, 0, $4)', [
      this.app.acme.id,
      id,
      id,
      textsOf(rights),
    ]);
    return id;
  }
}

function textsOf(rights: Rights): string[] {
  return Object.entries(rights).map(([permission, scope]) => `${permission}:${scope}`);
}
