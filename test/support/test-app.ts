import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessTokens } from '../../src/auth/access-token';
import { createApp } from '../../src/create-app';
import { Database } from '../../src/database/database';
import type { RoleKey } from '../../src/rbac/role-matrix';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { ApiClient } from './api-client';
import { createTestDatabase, type TestDatabase } from './database';
import { openSession } from './open-session';

/** Of 'test password', with the parameters of production: hashing it for every test would only take time. */
export const testPassword = 'test password';
const testPasswordHash =
  '$argon2id$v=19$m=19456,t=2,p=1$lmVcmITtp0wjOxBgZeU3dA$2JY0s1VhsKOpiSAYYs11oxCVVQ4cfIjTwMgh27Au+wQ';

const roles: readonly RoleKey[] = ['viewer', 'analyst', 'manager', 'admin'];

export interface TestTenant {
  readonly id: string;
  readonly slug: string;
  /** User ids by role; the e-mail is `<role>@<slug>.test`. */
  readonly userIds: Readonly<Record<RoleKey, string>>;
  /** Of the session that each of them has from the beginning. */
  readonly sessionIds: Readonly<Record<RoleKey, string>>;
}

/** A listening application on a database of its own, with two tenants. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly database: TestDatabase;
  readonly acme: TestTenant;
  readonly globex: TestTenant;
  /** Everything that was logged so far. */
  logs(): string;
  /** A client with a valid token of that member's session; of acme unless said otherwise. */
  as(role: RoleKey, tenant?: TestTenant): ApiClient;
  anonymous(): ApiClient;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** An existing one, shared with another application; it is then not dropped by close(). */
  readonly sharing?: TestApp;
  /** Instead of a new one. */
  readonly database?: TestDatabase;
}

/** All requests of the tests come from one address, and many from one user: counted, but never refused. */
const beyondTheTests = {
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_USER_PER_MINUTE: '10000000',
  RATE_LIMIT_TENANT_PER_MINUTE: '10000000',
  LOGIN_FAILURES_PER_ADDRESS: '100000',
  LOGIN_FAILURES_PER_ACCOUNT: '100000',
};

export const testSecret = 'oeD3tZqv9Jr5yWnG1xKbU7cSfLhA2mPi';

export async function createTestApp({ env = {}, sharing, ...given }: TestAppOptions = {}): Promise<TestApp> {
  const database = given.database ?? sharing?.database ?? (await createTestDatabase());
  const log = new PassThrough();
  const lines: Buffer[] = [];
  log.on('data', (line: Buffer) => lines.push(line));
  const app = await createApp(
    {
      NODE_ENV: 'test',
      LOG_LEVEL: 'debug',
      OPENRISK_SECRET: testSecret,
      DATABASE_URL: database.applicationUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      CACHE_KEY_PREFIX: `test-${randomUUID().slice(0, 8)}`,
      DB_POOL_MIN_IDLE: '1',
      // A busy machine must not look like a full pool.
      DB_ACQUIRE_TIMEOUT_MS: '5000',
      JOBS_ENABLED: 'false',
      ...beyondTheTests,
      ...env,
    },
    log,
  );
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const acme = sharing?.acme ?? (await makeTenant(app, 'acme'));
  const globex = sharing?.globex ?? (await makeTenant(app, 'globex'));
  const tokens = app.get(AccessTokens);
  return {
    app,
    url,
    database,
    acme,
    globex,
    logs: () => Buffer.concat(lines).toString(),
    as: (role, { id: tenantId, userIds, sessionIds } = acme) =>
      new ApiClient(url, tokens.issue({ tenantId, userId: userIds[role], sessionId: sessionIds[role] }).token),
    anonymous: () => new ApiClient(url),
    close: async () => {
      await app.close();
      if (!sharing) await database.drop();
    },
  };
}

async function makeTenant(app: NestFastifyApplication, slug: string): Promise<TestTenant> {
  const id = randomUUID();
  const [first, ...others] = roles.map((role) => ({
    email: `${role}@${slug}.test`,
    name: `${role} of ${slug}`,
    role,
    passwordHash: testPasswordHash,
  }));
  const ids = await createTenant(app.get(Database), { id, name: slug, slug, members: [first!, ...others] });
  const userIds = Object.fromEntries(roles.map((role) => [role, ids.get(`${role}@${slug}.test`)!]));
  const sessions = roles.map(async (role) => [role, await openSession(app, id, userIds[role]!)]);
  const sessionIds = Object.fromEntries(await Promise.all(sessions)) as Record<RoleKey, string>;
  return { id, slug, userIds: userIds as Record<RoleKey, string>, sessionIds };
}
