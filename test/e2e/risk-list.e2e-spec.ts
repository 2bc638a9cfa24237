import { randomUUID } from 'node:crypto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { withClient } from '../support/open-database';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

interface RiskPage {
  readonly items: RiskResponse[];
  readonly page: { readonly nextCursor: string | null; readonly prevCursor: string | null };
  readonly total?: number;
}

describe('the list of risks', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  const list = async (query: string, client = analyst): Promise<RiskPage> => {
    const answer = await client.get(`/api/v1/risks?${query}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body as RiskPage;
  };
  const titles = async (query: string): Promise<string[]> =>
    (await list(`${query}&sort=title&limit=200`)).items.map(({ title }) => title);

  describe('filters', () => {
    beforeAll(async () => {
      const { analyst: ana, manager } = app.acme.userIds;
      const common = { frameworks: ['F'] };
      await addRisk(analyst, {
        ...common,
        title: 'a SQL injection',
        description: 'in the web shop',
        probability: 5,
        impact: 5,
      });
      await addRisk(analyst, {
        ...common,
        title: 'b 100% sure_thing',
        category: 'Legal, compliance',
        tags: ['x', 'y'],
      });
      await addRisk(analyst, {
        ...common,
        title: 'c',
        status: 'CLOSED',
        dueDate: '2020-01-01',
        ownerId: ana,
        tags: ['y'],
      });
      await addRisk(analyst, { ...common, title: 'd', dueDate: '2020-01-01', assigneeId: manager, category: 'Legal' });
      await addRisk(analyst, {
        ...common,
        title: 'e',
        dueDate: '2999-01-01',
        frameworks: ['F', 'NIST'],
        probability: 2,
        impact: 5,
      });
      const deleted = await addRisk(admin, { ...common, title: 'f', tags: ['x', 'deleted'] });
      await admin.delete(`/api/v1/risks/${deleted.id}`, ifVersion(1));
      await addRisk(app.as('analyst', app.globex), { ...common, title: 'g of another tenant', tags: ['x'] });
    });

    const [a, b, c, d, e] = ['a SQL injection', 'b 100% sure_thing', 'c', 'd', 'e'];
    it.each<[string, string[]]>([
      ['framework=F', [a, b, c, d, e] as string[]],
      ['q=sql', [a] as string[]],
      ['q=inject', [a] as string[]],
      ['q=SHOP%20web', [a] as string[]],
      ['q=100%25', [b] as string[]],
      ['q=e_t', [b] as string[]],
      ["q='%20%26%20!(", []],
      ['status=CLOSED', [c] as string[]],
      ['status=CLOSED,DRAFT', [a, b, c, d, e] as string[]],
      ['status=CLOSED&status=DRAFT', [a, b, c, d, e] as string[]],
      ['severity=CRITICAL', [a] as string[]],
      ['severity=CRITICAL,MEDIUM', [a, e] as string[]],
      ['category=Legal', [d] as string[]],
      ['category=Legal,%20compliance', [b] as string[]],
      ['category=Legal&category=Legal,%20compliance', [b, d] as string[]],
      ['tag=x', [b] as string[]],
      ['tag=x&tag=y', [b, c] as string[]],
      ['tag=deleted', []],
      ['framework=NIST', [e] as string[]],
      ['source=IMPORT', []],
      ['source=MANUAL,IMPORT', [a, b, c, d, e] as string[]],
      ['probability=5', [a] as string[]],
      ['impact=5&probability=2,3', [e] as string[]],
      ['scoreMin=10', [a, e] as string[]],
      ['scoreMin=9.01&scoreMax=10', [e] as string[]],
      ['scoreMax=9', [b, c, d] as string[]],
      ['overdue=true', [d] as string[]],
      ['overdue=false', [a, b, c, e] as string[]],
      ['updatedSince=2999-01-01T00:00:00Z', []],
      ['updatedSince=2020-01-01T00:00:00Z', [a, b, c, d, e] as string[]],
      ['createdSince=2020-01-01T00:00:00%2B02:00', [a, b, c, d, e] as string[]],
    ])('%s', async (query, expected) => {
      expect(await titles(query)).toEqual(expected);
      expect((await list(`${query}&total=true&limit=1`)).total).toBe(expected.length);
    });

    it('ownerId and assigneeId', async () => {
      const { analyst: ana, manager } = app.acme.userIds;
      expect(await titles(`ownerId=${ana}`)).toEqual([c]);
      expect(await titles(`assigneeId=${manager},${ana}`)).toEqual([d]);
      expect(await titles(`ownerId=${ana}&assigneeId=${manager}`)).toEqual([]);
    });

    it('updatedSince includes the instant itself', async () => {
      const [last] = (await list('sort=-updatedAt&limit=1')).items;
      expect(await titles(`updatedSince=${last!.updatedAt}`)).toEqual([last!.title]);
    });

    it.each([
      ['sort=severity', '?sort'],
      ['sort=score,score', '?sort'],
      ['limit=201', '?limit'],
      ['limit=1e1', '?limit'],
      ['colour=red', '?colour'],
      ['status=OPEN', '?status'],
      ['scoreMin=NaN', '?scoreMin'],
      ['overdue=yes', '?overdue'],
      ['ownerId=me', '?ownerId'],
      ['updatedSince=yesterday', '?updatedSince'],
      ['cursor=abc', '?cursor'],
      ['q=%00', '?'],
    ])('refuses %s and points at it', async (query, pointer) => {
      const answer = await analyst.get(`/api/v1/risks?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].pointer).toBe(pointer);
    });

    it('takes a cursor only for the sort, the filter and the tenant that it was made for', async () => {
      const { nextCursor } = (await list('framework=F&limit=2')).page;
      expect((await list(`framework=F&limit=3&cursor=${nextCursor}`)).items).toHaveLength(3);
      for (const query of ['limit=2', 'framework=G&limit=2', 'framework=F&limit=2&sort=score']) {
        expect((await analyst.get(`/api/v1/risks?${query}&cursor=${nextCursor}`)).status).toBe(400);
      }
      const stranger = app.as('analyst', app.globex);
      expect((await stranger.get(`/api/v1/risks?framework=F&limit=2&cursor=${nextCursor}`)).status).toBe(400);
    });

    it('pages by number too', async () => {
      const all = (await list('framework=F&sort=title')).items.map(({ id }) => id);
      const second = await list('framework=F&sort=title&limit=2&page=2');
      expect(second.items.map(({ id }) => id)).toEqual(all.slice(2, 4));
      expect((await list(`framework=F&sort=title&limit=2&cursor=${second.page.nextCursor}`)).items[0]!.id).toBe(all[4]);
      expect((await list(`framework=F&sort=title&limit=2&cursor=${second.page.prevCursor}`)).items[0]!.id).toBe(all[0]);
      expect((await analyst.get('/api/v1/risks?limit=200&page=60')).status).toBe(400);
    });
  });

  it.each<[string, (risk: RiskResponse) => number | string]>([
    ['score', ({ score }) => score],
    ['title', ({ title }) => title],
    ['probability', ({ probability }) => probability],
    ['impact', ({ impact }) => impact],
    ['createdAt', ({ createdAt }) => createdAt],
    ['updatedAt', ({ updatedAt }) => updatedAt],
    ['dueDate', ({ dueDate }) => dueDate ?? '9999-99-99'],
  ])('sorts by %s, up and down', async (field, valueOf) => {
    const values = async (sort: string): Promise<(number | string)[]> =>
      (await list(`framework=F&limit=200&sort=${sort}`)).items.map(valueOf);
    const ascending = (await values(field)).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(await values(field)).toEqual(ascending);
    expect(await values(`-${field}`)).toEqual(ascending.toReversed());
  });

  it('gives the way back from a page that has become empty', async () => {
    const tag = randomUUID();
    for (const title of ['1', '2', '3']) await addRisk(admin, { title, tags: [tag] });
    const query = `tag=${tag}&sort=title&limit=2`;
    const first = await list(query);
    const [third] = (await list(`tag=${tag}&sort=-title&limit=1`)).items;
    await admin.delete(`/api/v1/risks/${third!.id}`, ifVersion(1));
    const empty = await list(`${query}&cursor=${first.page.nextCursor}`);
    expect(empty).toMatchObject({ items: [], page: { nextCursor: null, prevCursor: expect.any(String) } });
    expect((await list(`${query}&cursor=${empty.page.prevCursor}`)).items).toEqual(first.items);
  });

  it('reads a page deep in a large register from the index, past row level security', async () => {
    const tenantId = app.globex.id;
    await withClient(app.database.adminUrl, async (client) => {
      await client.query(
        `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity)
         SELECT $1, gen_random_uuid(), 'Risk ' || n, 1 + n % 5, 1 + n / 5 % 5, (1 + n % 5) * (1 + n / 5 % 5), 'LOW'
           FROM generate_series(1, 20000) n`,
        [tenantId],
      );
      await client.query('ANALYZE risks');
    });
    await withClient(app.database.applicationUrl, async (client) => {
      await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [tenantId]);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS OFF) SELECT id FROM risks r
          WHERE r.tenant_id = '${tenantId}' AND r.deleted_at IS NULL
            AND (r.score, r.id) < (6::float8, '88888888-8888-8888-8888-888888888888'::uuid)
          ORDER BY r.score DESC, r.id DESC LIMIT 21`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index (Only )?Scan Backward using risks_score_idx/);
      expect(plan).toMatch(/Index Cond: .*ROW\(score, id\) </);
    });
  });
});
