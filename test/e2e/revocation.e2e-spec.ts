import { setImmediate as otherWork } from 'node:timers/promises';
import { addRisk } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember, team } from '../support/custom-member';
import { decode } from '../support/jwt';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** Of each way to revoke: together more than 10,000 requests that start once the revocation is acknowledged. */
const REQUESTS = 1_260;
const AT_ONCE = 16;

/** Somebody who may see a risk as a mate of its owner, by a session and an API token that can be taken away. */
interface Person {
  readonly userId: string;
  readonly roleId: string;
  readonly teamId: string;
  readonly riskId: string;
  readonly client: ApiClient;
  readonly apiToken: string;
  readonly apiTokenId: string;
}

interface Revocation {
  readonly what: string;
  readonly revoke: (admin: ApiClient, person: Person) => Promise<ApiAnswer>;
  /** What the person is answered from then on. */
  readonly then: 401 | 403 | 404;
  readonly with?: 'API token';
}

const anyVersion = { 'if-match': '*' };
const revocations: readonly Revocation[] = [
  {
    what: 'another role',
    revoke: async (admin, { userId, roleId }) => {
      const nothing = { name: `Nothing ${roleId}`, level: 0, grants: [{ permission: 'tenant:read', scope: 'tenant' }] };
      const { body: role } = await admin.post('/api/v1/rbac/roles', nothing);
      return admin.patch(`/api/v1/rbac/users/${userId}/role`, { roleId: role.id as string }, anyVersion);
    },
    then: 403,
  },
  {
    what: 'a permission taken out of the role',
    revoke: (admin, { roleId }) => admin.delete(`/api/v1/rbac/roles/${roleId}/permissions/risk:read`),
    then: 403,
  },
  {
    what: 'a narrower scope in the role',
    revoke: (admin, { roleId }) =>
      admin.patch(`/api/v1/rbac/roles/${roleId}`, { grants: [{ permission: 'risk:read', scope: 'own' }] }, anyVersion),
    then: 404,
  },
  {
    what: 'leaving the team',
    revoke: (admin, { teamId, userId }) => admin.delete(`/api/v1/rbac/teams/${teamId}/members/${userId}`),
    then: 404,
  },
  {
    what: 'a disabled membership',
    revoke: (admin, { userId }) => admin.patch(`/api/v1/rbac/users/${userId}`, { status: 'DISABLED' }, anyVersion),
    then: 401,
  },
  {
    what: 'an ended membership',
    revoke: (admin, { userId }) => admin.delete(`/api/v1/rbac/users/${userId}`, anyVersion),
    then: 401,
  },
  {
    what: 'a revoked session',
    revoke: (_admin, { client }) =>
      client.delete(`/api/v1/auth/sessions/${String(decode(client.token ?? '').payload['sid'])}`),
    then: 401,
  },
  {
    what: 'a revoked API token',
    revoke: (_admin, { client, apiTokenId }) => client.delete(`/api/v1/auth/tokens/${apiTokenId}`),
    then: 401,
    with: 'API token',
  },
];

async function hire(app: TestApp): Promise<Person> {
  const { userId, roleId, client } = await customMember(app, app.acme, ['risk:read:team']);
  const mate = await customMember(app, app.acme, []);
  const teamId = await team(app, app.acme, userId, mate.userId);
  const { id: riskId } = await addRisk(app.as('admin'), { ownerId: mate.userId });
  const { body } = await client.post('/api/v1/auth/tokens', { name: 'robot' });
  return { ...{ userId, roleId, teamId, riskId, client }, apiToken: body.token, apiTokenId: body.id };
}

/** In process, so that as many requests as possible are under way: the server takes them as from a socket. */
async function statusAt({ app }: TestApp, { riskId }: Person, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.inject({ method: 'GET', url: `/api/v1/risks/${riskId}`, headers })).statusCode;
}

/**
 * Asks all instances without a pause while the right is revoked at the first one, and goes on.
 *
 * @returns how often which status came before, and for requests that started after the revocation was acknowledged
 */
async function revokeUnderLoad(
  instances: readonly TestApp[],
  { revoke, with: credential }: Revocation,
): Promise<{ before: Record<number, number>; after: Record<number, number> }> {
  const [first] = instances;
  if (!first) throw new Error('no instance');
  const person = await hire(first);
  const token = credential === 'API token' ? person.apiToken : (person.client.token ?? '');
  const before: Record<number, number> = {};
  const after: Record<number, number> = {};
  let [acknowledged, started, failed] = [false, 0, false];
  const ask = async (worker: number): Promise<void> => {
    for (let turn = worker; started < REQUESTS && !failed; turn++) {
      const counted = acknowledged ? after : before;
      if (acknowledged) started++;
      const status = await statusAt(instances[turn % instances.length] ?? first, person, token);
      counted[status] = (counted[status] ?? 0) + 1;
      // Answers from memory come without a pause in which the revocation could be made.
      await otherWork();
    }
  };
  const load = Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => ask(worker)));
  try {
    await until(() => (before[200] ?? 0) >= 100);
    expect((await revoke(first.as('admin'), person)).status).toBeLessThan(300);
    acknowledged = true;
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await load;
  }
  return { before, after };
}

function proveRevocation(instances: () => readonly TestApp[]): void {
  it.each(revocations.map((revocation) => [revocation.what, revocation] as const))(
    'refuses every request after %s',
    async (_what, revocation) => {
      const { before, after } = await revokeUnderLoad(instances(), revocation);
      expect(before[200]).toBeGreaterThanOrEqual(100);
      expect(Object.keys(after)).toEqual([String(revocation.then)]);
      expect(after[revocation.then]).toBeGreaterThanOrEqual(REQUESTS);
    },
    60_000,
  );
}

describe('a right that is revoked on one instance with its cache in memory', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: { CACHE_STORE: 'memory', LOG_LEVEL: 'warn' } });
  });
  afterAll(() => app.close());

  proveRevocation(() => [app]);
});

describeWithRedis('a right that is revoked on one of two instances', () => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;
  beforeAll(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, CACHE_KEY_PREFIX: 'revocation', CACHE_DEADLINE_MS: '1000', LOG_LEVEL: 'warn' };
    one = await createTestApp({ env });
    two = await createTestApp({ env, sharing: one });
    const isUp = async (app: TestApp) => (await app.anonymous().get('/health/ready')).body.cache.status === 'ok';
    await until(async () => (await isUp(one)) && (await isUp(two)));
  });
  afterAll(async () => {
    await two.close();
    await one.close();
    await redis.stop();
  });

  describe('with Redis', () => proveRevocation(() => [one, two]));

  describe('with Redis killed, and hot caches from before', () => {
    beforeAll(() => redis.kill());
    proveRevocation(() => [one, two]);
  });
});
