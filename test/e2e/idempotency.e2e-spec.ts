import { Database } from '../../src/database/database';
import { riskRequest } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const risks = '/api/v1/risks';

describe('Idempotency-Key', () => {
  let test: TestApp;
  let analyst: ApiClient;
  beforeAll(async () => {
    test = await createTestApp();
    analyst = test.as('analyst');
  });
  afterAll(() => test.close());

  let lastKey = 0;
  const newKey = (): string => `key-${++lastKey}`;
  const create = (body: object, key: string, client = analyst): Promise<ApiAnswer> =>
    client.post(risks, body, { 'idempotency-key': key });
  const titled = async (title: string, client = analyst): Promise<number> =>
    (await client.get(`${risks}?q=${title}&total=true`)).body.total as number;
  const asOperator = (sql: string): Promise<unknown> =>
    withClient(test.database.adminUrl, (client) => client.query(sql));

  it('answers the second time as the first, and adds nothing', async () => {
    const body = riskRequest({ title: 'twice' });
    const key = newKey();
    const first = await create(body, key);
    const second = await create(body, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    for (const header of ['etag', 'location', 'content-type']) {
      expect(second.headers.get(header)).toBe(first.headers.get(header));
    }
    expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(await titled('twice')).toBe(1);
  });

  it('makes one risk of a hundred requests at once', async () => {
    const body = riskRequest({ title: 'hundredfold' });
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 100 }, () => create(body, key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(expectProblem(answer, 409)['code']).toBe('idempotency.in-progress');
    }
    expect(await titled('hundredfold')).toBe(1);
  });

  it('is refused with 422 for another request, also for another query', async () => {
    const key = newKey();
    await create(riskRequest({ title: 'original' }), key);
    expect(expectProblem(await create(riskRequest({ title: 'other' }), key), 422)['code']).toBe(
      'idempotency.key-reused',
    );
    expect(await titled('other')).toBe(0);
    const file = 'title,probability,impact\nimported,2,2\n';
    const importAs = (query: string) =>
      test.as('manager').post(`${risks}/import?${query}`, file, { 'content-type': 'text/csv', 'idempotency-key': key });
    expect((await importAs('dryRun=true')).status).toBe(200);
    expect((await importAs('dryRun=false')).status).toBe(422);
  });

  it('belongs to one user of one tenant, and to one route', async () => {
    const key = newKey();
    const body = riskRequest({ title: 'ownkey' });
    const ids = await Promise.all(
      [analyst, test.as('manager'), test.as('analyst', test.globex)].map(
        async (client) => (await create(body, key, client)).body.id as string,
      ),
    );
    expect(new Set(ids).size).toBe(3);
    const bulk = await analyst.post(
      `${risks}/bulk`,
      { operations: [{ op: 'create', risk: body }] },
      { 'idempotency-key': key },
    );
    expect(bulk.status).toBe(200);
    expect(await titled('ownkey')).toBe(3);
  });

  it('is free again after a request that was refused or has failed', async () => {
    const key = newKey();
    expect((await create({ title: 'incomplete' }, key)).status).toBe(422);
    expect((await create(riskRequest({ title: 'complete' }), key)).status).toBe(201);

    const other = newKey();
    const body = riskRequest({ title: 'failing' });
    const database = test.app.get(Database);
    await asOperator('ALTER TABLE risk_history RENAME TO risk_history_gone');
    const failed = await create(body, other);
    await asOperator('ALTER TABLE risk_history_gone RENAME TO risk_history');
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect((await create(body, other)).status).toBe(201);
    expect(await titled('failing')).toBe(1);
    await database.ping();
  });

  it('says so when the answer was lost, and does nothing again', async () => {
    const key = newKey();
    const body = riskRequest({ title: 'lost' });
    await create(body, key);
    await asOperator(
      `UPDATE idempotency_keys SET answer = NULL, done_at = now() - interval '61 seconds' WHERE key = '${key}'`,
    );
    expect(expectProblem(await create(body, key), 409)['code']).toBe('idempotency.answer-lost');
    expect(await titled('lost')).toBe(1);
  });

  it('passes from an attempt that has died to the next, and only one of both can commit', async () => {
    const key = newKey();
    const body = riskRequest({ title: 'takeover' });
    await create(body, key);
    const stale = `UPDATE idempotency_keys SET done_at = NULL, answer = NULL`;
    await asOperator(`${stale}, claimed_at = now() - interval '59 seconds' WHERE key = '${key}'`);
    expect(expectProblem(await create(body, key), 409)['code']).toBe('idempotency.in-progress');
    await asOperator(`${stale}, claimed_at = now() - interval '61 seconds' WHERE key = '${key}'`);
    expect((await create(body, key)).status).toBe(201);

    // The claim is taken away while the change runs: its transaction must not commit.
    const late = newKey();
    await asOperator(`
      CREATE FUNCTION take_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN UPDATE idempotency_keys SET attempt_id = gen_random_uuid() WHERE key = '${late}'; RETURN NEW; END $$;
      CREATE TRIGGER take_over AFTER INSERT ON risks FOR EACH ROW EXECUTE FUNCTION take_over()`);
    const tooLate = await create(riskRequest({ title: 'toolate' }), late);
    await asOperator('DROP TRIGGER take_over ON risks; DROP FUNCTION take_over()');
    expect(expectProblem(tooLate, 409)['code']).toBe('idempotency.in-progress');
    expect(await titled('toolate')).toBe(0);
  });

  it('is forgotten after 24 hours, and others with it', async () => {
    const [key, other] = [newKey(), newKey()];
    const body = riskRequest({ title: 'daily' });
    await create(body, key);
    await create(body, other);
    await asOperator(
      `UPDATE idempotency_keys SET claimed_at = now() - interval '24 hours 1 second' WHERE key IN ('${key}', '${other}')`,
    );
    expect((await create(body, key)).headers.get('idempotent-replayed')).toBeNull();
    const { rows } = (await asOperator(`SELECT key FROM idempotency_keys WHERE key = '${other}'`)) as {
      rows: unknown[];
    };
    expect(rows).toEqual([]);
    expect(await titled('daily')).toBe(3);
  });

  it.each(['', ' ', 'with space', 'a'.repeat(201), '"open', 'a,b', 'é'])('refuses the key %j with 400', async (key) => {
    const encoded = Buffer.from(key).toString('latin1');
    expectProblem(await create(riskRequest(), encoded), 400);
  });

  it('takes a quoted key, as the draft has it, for the same as a bare one', async () => {
    const key = newKey();
    const body = riskRequest();
    const first = await create(body, key);
    expect((await create(body, `"${key}"`)).text).toBe(first.text);
  });
});
