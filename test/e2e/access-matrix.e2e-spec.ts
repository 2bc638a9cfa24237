import { Pool } from 'pg';
import { Calls, idOf, type Case } from '../access/calls';
import { makeCallers, type NamedCaller } from '../access/callers';
import { expectationOf, type Expected } from '../access/expectation';
import { kinds, Objects } from '../access/objects';
import { routes, type Route } from '../access/routes';
import type { ApiAnswer } from '../support/api-client';
import { operationsOf, type Operation } from '../support/operations';
import { createTestApp, type TestApp } from '../support/test-app';

const FEWEST_CASES = 4_000;

/**
 * Every operation of the served document, called by everybody, on things of everybody; compared with requirements that
 * are written down apart from the guards.
 */
describe('who may do what', () => {
  let app: TestApp;
  let sql: Pool;
  let operations: Operation[];
  let callers: NamedCaller[];
  let objects: Objects;
  let calls: Calls;
  let cases = 0;

  beforeAll(async () => {
    app = await createTestApp();
    sql = new Pool({ connectionString: app.database.adminUrl, max: 4 });
    operations = await operationsOf(app);
    objects = new Objects(app, sql);
    callers = await makeCallers(app, sql);
    const given = new Map(
      await Promise.all(callers.map(async (caller) => [caller, await objects.given(caller)] as const)),
    );
    calls = new Calls(sql, objects, given);
  }, 180_000);
  afterAll(async () => {
    await sql.end();
    await app.close();
  });

  it('is written down for every operation there is, and for no other', () => {
    expect(Object.keys(routes).sort()).toEqual(operations.map(idOf).sort());
  });

  it('is what the document says of each operation', () => {
    for (const operation of operations) {
      const { needs } = routes[idOf(operation)]!;
      const documented = operation.permissions.length > 0 ? operation.permissions : operation.isSecured;
      expect([operation.name, documented]).toEqual([operation.name, Array.isArray(needs) ? needs : needs !== 'public']);
    }
  });

  it('is decided as it is written down, for everybody and everything', async () => {
    const all = operations.flatMap((operation) => {
      const route = routes[idOf(operation)]!;
      const whoseAll = route.object === undefined ? [undefined] : kinds[route.object];
      return whoseAll.map((whose) => ({ operation, route, whose }));
    });
    // What is done to the tenant itself happens when nobody else is at work in it.
    const alone = ({ route }: { route: Route }): boolean => route.object === 'tenant' || route.oneByOne === true;
    const ofEach = callers.map(async (caller) => {
      const mismatches: string[] = [];
      for (const one of all) if (!alone(one)) mismatches.push(...(await check({ ...one, caller })));
      return mismatches;
    });
    const mismatches = (await Promise.all(ofEach)).flat();
    expect(mismatches).toEqual([]);
    for (const caller of callers) {
      for (const one of all) if (alone(one)) mismatches.push(...(await check({ ...one, caller })));
    }
    expect(mismatches).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(FEWEST_CASES);
    process.stdout.write(`access matrix: ${cases} cases, ${mismatches.length} mismatches\n`);
  }, 900_000);

  /** A read is asked twice: what is answered from the cache is decided anew. */
  async function check(one: Case): Promise<string[]> {
    const { operation, route, caller, whose } = one;
    const isStranger = caller.tenant !== app.acme;
    const seenAs = whose !== undefined && isStranger && whose !== 'missing' ? 'other-tenant' : whose;
    const expected = expectationOf(route, caller, seenAs);
    const mismatches: string[] = [];
    for (let time = 0; time < (operation.method === 'GET' ? 2 : 1); time++) {
      cases++;
      const answer = await (await calls.prepare(one))();
      const wrong = difference(expected, answer);
      if (wrong !== undefined) {
        mismatches.push(
          `${caller.name}: ${operation.name} (${whose ?? 'nothing'}): ${wrong} ${answer.text.slice(0, 200)}`,
        );
      }
      if (answer.status < 300 && operation.method !== 'GET') await tidy(one);
    }
    return mismatches;
  }

  async function tidy({ operation, route, caller, whose }: Case): Promise<void> {
    if (route.object !== undefined && whose !== undefined) objects.forget(route.object, whose, caller);
    const undo = { suspendTenant: 'resume', deleteTenant: 'restore' }[idOf(operation)];
    if (undo === undefined) return;
    const answer = await app.as('admin').post(`/api/v1/rbac/tenants/${app.acme.id}/${undo}`);
    if (answer.status !== 200) throw new Error(`${undo}: ${answer.status} ${answer.text}`);
  }
});

function difference(expected: Expected, { status, body }: ApiAnswer): string | undefined {
  if (expected.status === 'allowed') {
    return status < 300 || expected.orElse?.includes(status) ? undefined : `allowed, but ${status}`;
  }
  if (status !== expected.status) return `${expected.status}, but ${status}`;
  if (expected.status !== 403 || expected.permission === undefined) return undefined;
  const { permission } = body as { permission?: string };
  return permission === expected.permission ? undefined : `403 for ${expected.permission}, but for ${permission}`;
}
