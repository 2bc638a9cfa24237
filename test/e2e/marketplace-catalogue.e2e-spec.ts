import type { ConnectorResponse } from '../../src/marketplace/catalogue/catalogue.dto';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import { addVault, VAULT_ID, withTestConnectors } from '../factories/app';
import { ifVersion, problemIn } from '../factories/risk';
import { expectProblem } from '../support/expect-problem';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/marketplace/connectors';

describe('the catalogue of connectors', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: withTestConnectors });
  });
  afterAll(() => app.close());

  const slugs = async (query: string): Promise<string[]> => {
    const { body } = await app.as('viewer').get(`${path}${query}`);
    return (body.items as ConnectorResponse[]).map(({ slug }) => slug);
  };

  it('lists what ships and what the operator has added, by name', async () => {
    const { body } = await app.as('viewer').get(`${path}?total=true&limit=200`);
    const names = (body.items as ConnectorResponse[]).map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(names).toEqual(expect.arrayContaining(['OpenRisk', 'Test vault', 'Test retired']));
    expect(body.total).toBe(names.length);
  });

  it('says everything of one, the schema of its configuration too', async () => {
    const { body } = await app.as('viewer').get(`${path}/${VAULT_ID}`);
    expect(body).toMatchObject({
      ...{ id: VAULT_ID, slug: 'vault', name: 'Test vault', author: 'Tests', version: '1.2.3', status: 'ACTIVE' },
      ...{ category: 'ticketing', capabilities: ['risk_export'], requiredPermissions: ['risk:create'], license: 'MIT' },
      configSchema: { type: 'object', properties: { token: { type: 'string', writeOnly: true } } },
    });
    expectProblem(await app.as('viewer').get(`${path}/${connectorIdOf('none')}`), 404);
  });

  it('is narrowed by category, status, capability and words, all together', async () => {
    expect(await slugs('?status=DEPRECATED')).toEqual(['retired']);
    expect(await slugs('?category=ticketing&status=INACTIVE,DEPRECATED')).toEqual(['parked', 'retired']);
    expect(await slugs('?capability=risk_export&category=ticketing')).toEqual(['vault']);
    expect(await slugs('?q=WHAT%20VAULT%20does')).toEqual(['vault']);
    expect(await slugs('?q=vault&status=DEPRECATED')).toEqual([]);
    expectProblem(await app.as('viewer').get(`${path}?status=NEW`), 400);
  });

  it('is searched by words in any order, names first', async () => {
    expect(await slugs('/search?q=vault%20test')).toEqual(['vault']);
    expect(await slugs('/search?q=tests%20does')).toEqual(['parked', 'retired', 'vault']);
    expect((await slugs('/search?q=open&limit=1'))[0]).toBe('openrisk');
    expect(await slugs('/search?q=vault%20nowhere')).toEqual([]);
  });

  it('is walked page by page, there and back', async () => {
    const all = await slugs('?limit=200');
    const seen: string[] = [];
    let cursor: string | null = '';
    let back: string | null = null;
    while (cursor !== null) {
      const { body } = await app.as('viewer').get(`${path}?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.items as ConnectorResponse[]).map(({ slug }) => slug));
      ({ nextCursor: cursor, prevCursor: back } = body.page as {
        nextCursor: string | null;
        prevCursor: string | null;
      });
    }
    expect(seen).toEqual(all);
    const { body } = await app.as('viewer', app.globex).get(`${path}?limit=2&cursor=${String(back)}`);
    const last = all.length % 2 === 0 ? 2 : 1;
    expect((body.items as ConnectorResponse[]).map(({ slug }) => slug)).toEqual(all.slice(-last - 2, -last));
    expect(await slugs('?limit=2&page=2')).toEqual(all.slice(2, 4));
    expectProblem(await app.as('viewer').get(`${path}?limit=2&q=a&cursor=${String(back)}`), 400);
  });

  it('is one answer for all tenants, and cached as one', async () => {
    const miss = await app.as('viewer').get(`${path}?limit=77`);
    const hit = await app.as('admin', app.globex).get(`${path}?limit=77`);
    expect([miss.headers.get('x-cache'), hit.headers.get('x-cache')]).toEqual(['MISS', 'HIT']);
    expect(hit.text).toBe(miss.text);
    const etag = String(hit.headers.get('etag'));
    expect((await app.as('viewer').get(`${path}?limit=77`, { 'if-none-match': etag })).status).toBe(304);
  });

  it('counts installations and reviews of all tenants, fresh after each', async () => {
    const figures = async (): Promise<unknown[]> => {
      const { body } = await app.as('viewer').get(`${path}/${VAULT_ID}`);
      const { installCount, reviewCount, rating } = body as ConnectorResponse;
      return [installCount, reviewCount, rating];
    };
    expect(await figures()).toEqual([0, 0, null]);
    const [ours, theirs] = [app.as('admin'), app.as('admin', app.globex)];
    const installed = await addVault(ours);
    await addVault(theirs);
    expect(await figures()).toEqual([2, 0, null]);
    for (const [client, rating] of [
      [ours, 5],
      [app.as('viewer'), 4],
      [theirs, 4],
    ] as const)
      expect((await client.post(`${path}/${VAULT_ID}/reviews`, { rating })).status).toBe(201);
    expect(await figures()).toEqual([2, 3, 4.3]);
    await ours.delete(`/api/v1/marketplace/apps/${installed.id}`, ifVersion(1));
    expect(await figures()).toEqual([1, 3, 4.3]);
  });
});

describe('reviews of connectors', () => {
  let app: TestApp;
  const reviews = `${path}/${VAULT_ID}/reviews`;
  beforeAll(async () => {
    app = await createTestApp({ env: withTestConnectors });
  });
  afterAll(() => app.close());

  it('are for who has it, or had it: one of each person', async () => {
    const [admin, viewer] = [app.as('admin'), app.as('viewer')];
    const early = await viewer.post(reviews, { rating: 5 });
    expect(problemIn(early)).toEqual({ status: 409, code: 'connector.never-installed' });
    const { id } = await addVault(admin);
    const first = await viewer.post(reviews, { rating: 5, comment: 'Good.' });
    expect([first.status, first.body]).toEqual([
      201,
      expect.objectContaining({ connectorId: VAULT_ID, userId: app.acme.userIds.viewer, rating: 5, comment: 'Good.' }),
    ]);
    expect(problemIn(await viewer.post(reviews, { rating: 1 }))).toEqual({
      ...{ status: 409, code: 'connector.already-reviewed' },
    });
    await admin.delete(`/api/v1/marketplace/apps/${id}`, ifVersion(1));
    expect((await admin.post(reviews, { rating: 2 })).body.comment).toBe('');
    const { body } = await viewer.get(`${reviews}?total=true`);
    expect([body.total, body.items.map(({ rating }: { rating: number }) => rating)]).toEqual([2, [2, 5]]);
  });

  it('are told in their tenant only', async () => {
    expect((await app.as('admin', app.globex).get(reviews)).body.items).toEqual([]);
  });

  it.each([{}, { rating: 0 }, { rating: 6 }, { rating: 4.5 }, { rating: '5' }, { rating: 5, stars: 5 }])(
    'of %j are refused',
    async (body) => {
      expectProblem(await app.as('analyst').post(reviews, body), 422);
    },
  );

  it('of what there is not are 404', async () => {
    expectProblem(await app.as('admin').get(`${path}/${connectorIdOf('none')}/reviews`), 404);
    expectProblem(await app.as('admin').post(`${path}/${connectorIdOf('none')}/reviews`, { rating: 1 }), 404);
  });
});
