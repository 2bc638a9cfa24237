import { createTestApp, type TestApp } from '../support/test-app';

const risks = '/api/v1/risks';
const risk = { title: 'Lost laptop', probability: 3, impact: 4 };

describe('cached reads over HTTP', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it('answers MISS, then HIT with the same bytes; then 304', async () => {
    const viewer = test.as('viewer');
    const miss = await viewer.get(`${risks}?limit=7`);
    const hit = await viewer.get(`${risks}?limit=7`);
    expect([miss.headers.get('x-cache'), hit.headers.get('x-cache')]).toEqual(['MISS', 'HIT']);
    expect(miss.headers.get('cache-status')).toBe('openrisk; fwd=miss; stored');
    expect(hit.headers.get('cache-status')).toMatch(/^openrisk; hit; ttl=\d+$/);
    expect(hit.text).toBe(miss.text);
    expect(hit.headers.get('etag')).toBe(miss.headers.get('etag'));

    const unchanged = await viewer.get(`${risks}?limit=7`, { 'if-none-match': hit.headers.get('etag')! });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    expect(unchanged.headers.get('etag')).toBe(hit.headers.get('etag'));
  });

  it('shares an entry between parameters in another order, not between other parameters', async () => {
    const viewer = test.as('viewer');
    await viewer.get(`${risks}?limit=9&sort=title`);
    expect((await viewer.get(`${risks}?sort=title&limit=9`)).headers.get('x-cache')).toBe('HIT');
    expect((await viewer.get(`${risks}?sort=title&limit=10`)).headers.get('x-cache')).toBe('MISS');
  });

  it.each([
    ['the list', `${risks}?q=laptop`],
    ['the search', `${risks}/search?q=laptop`],
    ['the matrix', `${risks}/matrix`],
    ['the statistics', '/api/v1/stats'],
    ['the dashboard matrix', '/api/v1/stats/risk-matrix'],
    ['the trends', '/api/v1/stats/trends'],
  ])('shows a new risk in %s at once', async (_what, path) => {
    const viewer = test.as('viewer');
    await viewer.get(path);
    const before = await viewer.get(path);
    expect(before.headers.get('x-cache')).toBe('HIT');
    expect((await test.as('analyst').post(risks, risk)).status).toBe(201);
    const after = await viewer.get(path);
    expect(after.headers.get('x-cache')).toBe('MISS');
    expect(after.text).not.toBe(before.text);
  });

  it('says nothing of the other tenant and shares nothing with it', async () => {
    await test.as('viewer').get(`${risks}?limit=11`);
    const other = await test.as('viewer', test.globex).get(`${risks}?limit=11`);
    expect(other.headers.get('x-cache')).toBe('MISS');
    expect(other.body.items).toEqual([]);
  });

  it('authorizes before it answers from the cache', async () => {
    await test.as('viewer').get(`${risks}?limit=12`);
    expect((await test.anonymous().get(`${risks}?limit=12`)).status).toBe(401);
  });

  it('passes everything through with CACHE_ENABLED=false, with the same bytes', async () => {
    const off = await createTestApp({ env: { CACHE_ENABLED: 'false' }, sharing: test });
    for (const path of [`${risks}?limit=7`, '/api/v1/stats', '/api/v1/stats/trends', `${risks}/matrix`]) {
      await off.as('viewer').get(path);
      const uncached = await off.as('viewer').get(path);
      expect(uncached.headers.get('x-cache')).toBe('BYPASS');
      expect(uncached.text).toBe((await test.as('viewer').get(path)).text);
    }
    await off.close();
  });
});
