import { hash } from '@node-rs/argon2';
import { Database } from '../../src/database/database';
import { createDemoTenant, DEMO_TENANT_ID } from '../../src/start/demo/create-demo-tenant';
import { addRisk } from '../factories/risk';
import { ApiClient, type ApiAnswer, type ApiHeaders } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { sessionClient } from '../support/open-session';
import { operationsOf, pathOf, sendExample, type Operation } from '../support/operations';
import { powerlessMember } from '../support/powerless-member';
import { parseStructuredList } from '../support/structured-list';
import { createTestApp, type TestApp } from '../support/test-app';

const missingId = '01890a5d-ac96-774b-bcce-000000000000';

/** Not a sample: each promise is checked on every operation of the served document, so that new ones cannot forget it. */
describe('every route', () => {
  let app: TestApp;
  let operations: Operation[];
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    operations = await operationsOf(app);
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  /** All that break the promise are named at once. */
  async function each(
    select: (operation: Operation) => boolean,
    check: (operation: Operation) => unknown,
  ): Promise<void> {
    const selected = operations.filter(select);
    expect(selected.length).toBeGreaterThan(0);
    const failures: string[] = [];
    for (const operation of selected) {
      try {
        await check(operation);
      } catch (error) {
        failures.push(
          `${operation.name}: ${String(error)
            .replaceAll(/\u001b\[\d+m/g, '')
            .slice(0, 600)}`,
        );
      }
    }
    expect(failures).toEqual([]);
  }

  const all = (): boolean => true;
  const honoursKey = ({ described: { parameters = [] } }: Operation): boolean =>
    parameters.some(({ name }) => name === 'Idempotency-Key');
  const secured = ({ isSecured }: Operation): boolean => isSecured;
  const withId = ({ path }: Operation): boolean => path.includes('{');
  const withFields = ({ body, takesFile }: Operation): boolean => body !== undefined && !takesFile;

  describe('is documented', () => {
    it('under a unique and readable operationId, one described tag and a summary', async () => {
      const { body: document } = await app.anonymous().get('/openapi.json');
      const described = new Map(
        (document.tags as { name: string; description: string }[]).map((tag) => [tag.name, tag]),
      );
      expect(new Set(operations.map((operation) => operation.described.operationId)).size).toBe(operations.length);
      await each(all, ({ described: { operationId, summary, tags } }) => {
        expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]*)*$/);
        expect(summary).toMatch(/^[A-Z].{5,}[^.]$/);
        expect(tags).toHaveLength(1);
        expect(described.get(tags?.[0] ?? '')?.description).toMatch(/.{10,}/);
      });
    });

    it('with its permission, or as open to every member, or as public', async () => {
      const openToMembers = [
        ...[
          'explainPermission',
          'getMe',
          'getPermissionMatrix',
          'listMyTenants',
          'listPermissions',
          'logout',
          'switchTenant',
        ],
        ...['listJobs', 'getJob', 'cancelJob', 'getJobResult'],
        ...['listSessions', 'revokeSession', 'revokeOtherSessions'],
        ...['listApiTokens', 'createApiToken', 'revokeApiToken', 'changePassword'],
      ];
      const isPublic = [
        ...['getLiveness', 'getReadiness', 'getStartup', 'login', 'refreshSession'],
        ...['registerAccount', 'setUpInstallation', 'acceptInvitation'],
      ];
      await each(all, ({ described: { operationId = '' }, permissions, isSecured }) => {
        const kind = permissions.length > 0 ? 'permission' : isSecured ? 'member' : 'public';
        const expected = isPublic.includes(operationId)
          ? 'public'
          : openToMembers.includes(operationId)
            ? 'member'
            : 'permission';
        expect(kind).toBe(expected);
        if (kind === 'permission') expect(isSecured).toBe(true);
      });
    });

    it('with a schema and an example for every status that has a body', async () => {
      await each(all, ({ described: { responses } }) => {
        expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
        for (const [status, { description, content }] of Object.entries(responses)) {
          expect(description).toMatch(/./);
          if (status === '204') continue;
          const [[type, media] = ['', undefined]] = Object.entries(content ?? {});
          expect(type).toBe(Number(status) < 400 ? 'application/json' : 'application/problem+json');
          expect(media?.schema).toBeDefined();
          expect(media?.example).toBeDefined();
        }
      });
    });

    it('with what its limits say in each answer, and 429, unless it is a probe', async () => {
      const limited = ({ path }: Operation): boolean => !path.startsWith('/health/');
      await each(limited, ({ described: { responses } }) => {
        expect(Object.keys(responses)).toContain('429');
        for (const [status, { headers }] of Object.entries(responses)) {
          const names = ['RateLimit-Policy', 'RateLimit', ...(status === '429' ? ['Retry-After'] : [])];
          expect(Object.keys(headers ?? {})).toEqual(expect.arrayContaining(names));
        }
      });
      await each(
        (operation) => !limited(operation),
        ({ described: { responses } }) => expect(Object.keys(responses)).not.toContain('429'),
      );
    });

    it('with an Idempotency-Key where something is added, unless the answer holds a secret', async () => {
      // A key belongs to a user: what is open to all has none. A tenant is made in a transaction of its own, under the new tenant's id.
      const without = ['createApiToken', 'createInvitation', 'createTenant'];
      await each(
        ({ isSecured, described: { responses } }) => isSecured && '201' in responses,
        (operation) => expect(honoursKey(operation)).toBe(!without.includes(operation.described.operationId ?? '')),
      );
    });

    it('with an example for everything that a request must have', async () => {
      await each(all, ({ described: { parameters = [], requestBody }, pathExamples, headers, query, body }) => {
        const examples: Record<string, string> = { ...pathExamples, ...headers, ...query };
        for (const { name, required } of parameters)
          if (required) expect({ [name]: examples[name] }).not.toEqual({ [name]: undefined });
        if (requestBody) expect(body).toBeDefined();
      });
    });
  });

  describe('is guarded', () => {
    it('answers 401 without a token, and with a broken one', async () => {
      const broken = new ApiClient(app.url, `${admin.token}x`);
      await each(secured, async (operation) => {
        for (const client of [app.anonymous(), broken]) {
          const answer = await sendExample(client, operation, { id: missingId });
          expectProblem(answer, 401);
          expect(answer.headers.get('www-authenticate')).toContain('Bearer');
        }
      });
    });

    it('answers 403 and names the permission that a member lacks', async () => {
      const powerless = await powerlessMember(app, app.acme);
      // A token for what they lack, and a password that is not theirs.
      const refused: Readonly<Record<string, number>> = { createApiToken: 403, changePassword: 401 };
      await each(secured, async (operation) => {
        const refusal = refused[operation.described.operationId ?? ''];
        const isOpen = operation.permissions.length === 0;
        // Some of what is open to all ends the session.
        const client = isOpen ? await powerlessMember(app, app.acme) : powerless;
        const query = new URLSearchParams(operation.query).toString();
        const answer = await sendExample(client, operation, { id: missingId, query });
        if (refusal !== undefined) expectProblem(answer, refusal);
        else if (isOpen) expect([200, 201, 204, 404]).toContain(answer.status);
        else expect(expectProblem(answer, 403)['permission']).toBe(operation.permissions[0]);
      });
    });

    it("answers another tenant's object with the same 404 as a missing one", async () => {
      const theirs = await addRisk(app.as('analyst', app.globex));
      const told = ({ text, headers }: ApiAnswer, id: string): unknown => {
        const kept = ['content-type', 'cache-control', 'vary', 'content-length', 'x-cache', 'cache-status', 'etag'];
        const { requestId: _, ...problem } = JSON.parse(text) as { requestId: string; instance: string };
        const instance = problem.instance.replaceAll(id, '');
        return { ...problem, instance, headers: kept.map((name) => headers.get(name)) };
      };
      await each(withId, async (operation) => {
        const missing = await sendExample(admin, operation, { id: missingId });
        const foreign = await sendExample(admin, operation, { id: theirs.id });
        expectProblem(missing, 404);
        expectProblem(foreign, 404);
        expect(told(foreign, theirs.id)).toEqual(told(missing, missingId));
      });
      const after = await app.as('analyst', app.globex).get(`/api/v1/risks/${theirs.id}`);
      expect(after.body).toEqual(theirs);
    });
  });

  it('says in its headers what is left of each limit that applies', async () => {
    await each(secured, async (operation) => {
      // Refused behind the guards, so that none of them has an effect.
      const { headers } = await sendExample(admin, operation, { query: 'unknownParameter=1', id: missingId });
      const [policies, states] = ['ratelimit-policy', 'ratelimit'].map((name) =>
        parseStructuredList(headers.get(name)).map(({ value }) => value),
      );
      expect(policies?.slice(0, 3)).toEqual(['address', 'user', 'tenant']);
      expect(states).toEqual(policies);
    });
  });

  describe('overlooks nothing', () => {
    it('answers an unknown query parameter with 400', async () => {
      await each(all, async (operation) => {
        expectProblem(await sendExample(admin, operation, { query: 'unknownParameter=1', id: missingId }), 400);
      });
    });

    it('answers an unknown body field with 422', async () => {
      await each(withFields, async (operation) => {
        const body = { ...(operation.body as object), unknownField: 1 };
        const { errors } = expectProblem(await sendExample(admin, operation, { body, id: missingId }), 422);
        expect(errors).toContainEqual(expect.objectContaining({ pointer: '/unknownField', code: 'unknown-field' }));
      });
    });

    it('answers a body where none is read with 422', async () => {
      const without = ({ method, described }: Operation): boolean => method !== 'GET' && !described.requestBody;
      await each(without, async (operation) => {
        const headers = { 'content-type': 'application/json' };
        expectProblem(await sendExample(admin, operation, { body: { a: 1 }, id: missingId, headers }), 422);
      });
    });

    it.each(['x', '01890A5D-AC96-774B-BCCE-B302099A8057', `${missingId}%00`, "1'--"])(
      'answers the malformed id %s with 400',
      async (id) => {
        await each(withId, async (operation) => {
          expectProblem(await sendExample(admin, operation, { id }), 400);
        });
      },
    );

    it('asks for If-Match with 428 where a change names its version', async () => {
      const versioned = ({ headers }: Operation): boolean => 'If-Match' in headers;
      await each(versioned, async (operation) => {
        expectProblem(await sendExample(admin, operation, { id: missingId, headers: { 'If-Match': '' } }), 428);
      });
    });

    it('answers every other method with 405 and the ones it has', async () => {
      const matches = (pattern: string, path: string): boolean =>
        new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
      await each(all, async (operation) => {
        const path = pathOf(operation, missingId);
        const documented = operations.filter((other) => matches(other.path, path)).map(({ method }) => method);
        const allowed = new Set([...documented, ...(documented.includes('GET') ? ['HEAD'] : [])]);
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          if (allowed.has(method)) continue;
          const answer = await admin.send(method, path, undefined);
          expectProblem(answer, 405);
          expect(answer.headers.get('allow')).toBe([...allowed].sort().join(', '));
        }
      });
    });
  });

  describe('works as its examples say', () => {
    let adminId: string;
    /** Of these the example can only show the form: a secret, or something of one's own. */
    const onlyForm: Readonly<Record<string, number>> = {
      ...{ refreshSession: 401, revokeSession: 404, revokeApiToken: 404 },
      ...{ rotateWebhookSecret: 409 },
      ...{ registerAccount: 404, setUpInstallation: 404, acceptInvitation: 404 },
    };

    beforeAll(async () => {
      const passwordHash = await hash('the password printed by npm start');
      const today = new Date().toISOString().slice(0, 10);
      await createDemoTenant(app.app.get(Database), { passwordHash, today });
      adminId = await withClient(app.database.adminUrl, async (client) => {
        const { rows } = await client.query<{ id: string }>(`SELECT id FROM users WHERE email LIKE 'admin@demo.%'`);
        return rows[0]!.id;
      });
    });

    it('each one succeeds in the demo tenant, or meets the documented precondition', async () => {
      // What deletes the example comes after what needs it, the whole after its parts, and the tenant itself last.
      // A new password comes after what needs the old one.
      const turn = ({ method, path }: Operation): number => {
        if (method !== 'DELETE') return path.endsWith('/auth/password') ? 1 : 0;
        return path.endsWith('/tenants/{id}') ? 100 : 50 - path.split('/').length;
      };
      operations.sort((one, other) => turn(one) - turn(other));
      await each(all, async (operation) => {
        const query = new URLSearchParams(operation.query).toString();
        // A session of its own for each: some end it.
        const demoAdmin = await sessionClient(app.app, app.url, DEMO_TENANT_ID, adminId);
        const headers: ApiHeaders = honoursKey(operation) ? { 'Idempotency-Key': 'example' } : {};
        const given = query === '' ? { headers } : { query, headers };
        const answer = await sendExample(demoAdmin, operation, given);
        if (honoursKey(operation)) {
          const again = await sendExample(demoAdmin, operation, given);
          expect(again.headers.get('idempotent-replayed')).toBe(answer.status < 300 ? 'true' : null);
          expect(again.status).toBe(answer.status);
          if (answer.status < 300) expect(again.text).toBe(answer.text);
        }
        const expected = onlyForm[operation.described.operationId ?? ''];
        if (expected !== undefined) expectProblem(answer, expected);
        else if (answer.status === 409) expect(expectProblem(answer, 409).code).toMatch(/^(risk|rbac|app)\./);
        else expect({ ...answer, isGood: answer.status < 300 }).toMatchObject({ isGood: true });
        expect(Object.keys(operation.described.responses)).toContain(String(answer.status));
      });
    });
  });
});
