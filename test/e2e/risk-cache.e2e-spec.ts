import type { RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion, riskRequest } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

describe('cached answers about risks', () => {
  let app: TestApp;
  let uncached: TestApp;
  let admin: ApiClient;
  let risk: RiskResponse;

  beforeAll(async () => {
    app = await createTestApp();
    uncached = await createTestApp({ sharing: app, env: { CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
  });
  afterAll(async () => {
    await uncached.close();
    await app.close();
  });
  beforeEach(async () => {
    risk = await addRisk(admin, { title: 'Watched', dueDate: '2020-01-01', externalId: null });
  });

  const questions = (id: string): string[] =>
    [
      '?limit=200&total=true',
      '?limit=200&sort=-updatedAt',
      '?overdue=true&limit=200&total=true',
      '?status=IDENTIFIED&limit=200',
      '/search?q=watched&limit=50',
      '/matrix',
      '/matrix?period=week',
      `/${id}`,
      `/${id}/history`,
      `/${id}/score`,
      `/${id}/transitions`,
    ].map((path) => `/api/v1/risks${path}`);

  const answers = async (served: TestApp, id: string): Promise<unknown[]> => {
    const client = served.as('viewer');
    const got = await Promise.all(questions(id).map((path) => client.get(path)));
    // What names the request itself differs, of course.
    return got.map(({ status, text, headers }) => (status === 200 ? [text, headers.get('etag')] : status));
  };

  const csv = { 'content-type': 'text/csv' };
  const file = 'title,probability,impact,externalId\nWatched import,5,5,W-1\n';
  const path = (): string => `/api/v1/risks/${risk.id}`;

  it.each<[string, () => Promise<{ status: number }>]>([
    ['a change', () => admin.patch(path(), { impact: 5, title: 'Watched closely' }, ifVersion(1))],
    ['a deletion', () => admin.delete(path(), ifVersion(1))],
    ['another risk', () => admin.post('/api/v1/risks', riskRequest({ title: 'Watched too' }))],
    ['a transition', () => admin.post(`${path()}/transition`, { status: 'IDENTIFIED' }, ifVersion(1))],
    [
      'a bulk change',
      () => admin.post('/api/v1/risks/bulk', { operations: [{ op: 'update', id: risk.id, change: { impact: 1 } }] }),
    ],
    ['an import', () => admin.post('/api/v1/risks/import', file, csv)],
  ])('are those of the database, to the byte, after %s', async (_what, change) => {
    await answers(app, risk.id);
    expect(await answers(app, risk.id)).toEqual(await answers(uncached, risk.id));
    expect((await change()).status).toBeLessThan(300);
    expect(await answers(app, risk.id)).toEqual(await answers(uncached, risk.id));
  });

  it('are those of the database after a restoration', async () => {
    await admin.delete(path(), ifVersion(1));
    await answers(app, risk.id);
    expect((await admin.post(`${path()}/restore`)).status).toBe(200);
    expect(await answers(app, risk.id)).toEqual(await answers(uncached, risk.id));
  });

  it('stay when a change is refused', async () => {
    await answers(app, risk.id);
    await admin.patch(path(), { impact: 5 }, ifVersion(7));
    await admin.post('/api/v1/risks/bulk', { operations: [{ op: 'delete', id: risk.id, version: 7 }] });
    for (const question of questions(risk.id)) {
      expect((await admin.get(question)).headers.get('x-cache')).toBe('HIT');
    }
  });

  it('are hits the second time, and not modified for who has them', async () => {
    for (const question of questions(risk.id)) {
      // What was just added has answered its own question.
      const expected = question.endsWith(risk.id) ? 'HIT' : 'MISS';
      expect((await admin.get(question)).headers.get('x-cache')).toBe(expected);
      const second = await admin.get(question);
      expect(second.headers.get('x-cache')).toBe('HIT');
      const third = await admin.get(question, { 'if-none-match': second.headers.get('etag') ?? '' });
      expect(third.status).toBe(304);
    }
  });

  it('keep the details of other risks through a change', async () => {
    const other = await addRisk(admin);
    await admin.get(`/api/v1/risks/${other.id}`);
    await admin.patch(path(), { impact: 1 }, ifVersion(1));
    expect((await admin.get(`/api/v1/risks/${other.id}`)).headers.get('x-cache')).toBe('HIT');
  });

  it('know equal questions by their meaning', async () => {
    await admin.get('/api/v1/risks?status=DRAFT,CLOSED&limit=20');
    expect((await admin.get('/api/v1/risks?limit=20&status=CLOSED&status=DRAFT')).headers.get('x-cache')).toBe('HIT');
    expect((await admin.get('/api/v1/risks?limit=21&status=CLOSED,DRAFT')).headers.get('x-cache')).toBe('MISS');
    const elsewhere = await app.as('admin', app.globex).get('/api/v1/risks?status=DRAFT,CLOSED&limit=20');
    expect(elsewhere.body.items).toEqual([]);
  });
});
