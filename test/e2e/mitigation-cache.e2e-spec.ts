import { MitigationTags } from '../../src/risk/mitigations/mitigation.cache';
import { addMitigation, addSubAction } from '../factories/mitigation';
import { addRisk } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };

describe('cached answers about mitigations', () => {
  let app: TestApp;
  let uncached: TestApp;
  let admin: ApiClient;
  let riskId: string;
  let id: string;
  let sid: string;

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
    riskId = (await addRisk(admin, { status: 'ASSESSED' })).id;
    id = (await addMitigation(admin, riskId, { dueDate: '2020-01-01' })).id;
    sid = (await addSubAction(admin, id)).id;
    await addMitigation(admin, riskId, { title: 'Before others', cost: 2, durationDays: 500, progress: 50 });
  });

  const counted = ['/api/v1/stats/mitigation-metrics', '/api/v1/stats/timeline?days=3'];
  const questions = (): string[] => [
    ...['', '/sub-actions', '/sub-actions?total=true'].map((path) => `/api/v1/mitigations/${id}${path}`),
    ...['', '/transitions', '/mitigations', '/mitigations?total=true'].map((path) => `/api/v1/risks/${riskId}${path}`),
    ...[
      'limit=200&total=true',
      'overdue=true&total=true',
      'status=PLANNED',
      'sort=-updatedAt&limit=3',
      'q=closely',
      ...['title', '-progress', '-cost', '-durationDays', 'dueDate'].map((sort) => `sort=${sort}&limit=1`),
    ].map((query) => `/api/v1/mitigations?${query}`),
    '/api/v1/mitigations/recommended?limit=100',
    '/api/v1/stats/top-risks?limit=3',
    ...counted,
  ];
  const answers = async (served: TestApp): Promise<unknown[]> => {
    const client = served.as('viewer');
    const got = await Promise.all(questions().map((path) => client.get(path)));
    return got.map(({ status, text, headers }) => (status === 200 ? [text, headers.get('etag')] : status));
  };
  const mitigation = (): string => `/api/v1/mitigations/${id}`;
  const step = (): string => `${mitigation()}/sub-actions/${sid}`;
  const risk = (): string => `/api/v1/risks/${riskId}`;

  it.each<[string, () => Promise<{ status: number }>]>([
    ['a place before others', () => admin.patch(mitigation(), { title: 'A', cost: 3, durationDays: 900 }, any)],
    ['a change', () => admin.patch(mitigation(), { title: 'Watched closely', cost: 3 }, any)],
    ['a due date', () => admin.patch(mitigation(), { dueDate: '2999-01-01' }, any)],
    ['somebody else to do it', () => admin.patch(mitigation(), { assigneeId: app.acme.userIds.viewer }, any)],
    ['a move', () => admin.patch(mitigation(), { status: 'CANCELLED' }, any)],
    ['a deletion', () => admin.delete(mitigation(), any)],
    ['another mitigation', () => admin.post(`${risk()}/mitigations`, { title: 'Another, closely' })],
    ['a sub-action', () => admin.post(`${mitigation()}/sub-actions`, { title: 'Step' })],
    ['a sub-action that is done', () => admin.patch(step(), { done: true })],
    ['a sub-action less', () => admin.delete(step())],
    ['another score of the risk', () => admin.patch(risk(), { impact: 5 }, any)],
    ['another owner of the risk', () => admin.patch(risk(), { ownerId: app.acme.userIds.viewer }, any)],
    ['a move of the risk', () => admin.post(`${risk()}/transition`, { status: 'TREATMENT_PLANNED' }, any)],
    ['a deletion of the risk', () => admin.delete(risk(), any)],
    [
      'a deletion of the risk with others',
      () => admin.post('/api/v1/risks/bulk', { operations: [{ op: 'delete', id: riskId }] }),
    ],
  ])('are those of the database, to the byte, after %s', async (_what, change) => {
    await answers(app);
    expect(await answers(app)).toEqual(await answers(uncached));
    expect((await change()).status).toBeLessThan(300);
    expect(await answers(app)).toEqual(await answers(uncached));
  });

  it('are hits, and stay when a change is refused', async () => {
    // A key that becomes a tag, by what is asked for beside it, is loaded once more.
    for (let time = 0; time < 2; time++) await answers(app);
    await admin.patch(mitigation(), { title: 'Late' }, { 'if-match': '"v99"' });
    await admin.patch(mitigation(), { status: 'DONE' }, any);
    const got = await Promise.all(questions().map((path) => admin.get(path)));
    const missed = questions().filter((_, index) => got[index]?.headers.get('x-cache') !== 'HIT');
    expect(missed).toEqual([]);
  });

  it.each([
    ['not a title, its costs or how long it takes', { title: 'Other words', cost: 2, durationDays: 9 }, counted],
    ['a due date', { dueDate: '2999-01-01', title: 'Later' }, []],
  ])('that count mitigations go with what they count: %s', async (_what, change, kept) => {
    await answers(app);
    expect((await admin.patch(mitigation(), change, any)).status).toBe(200);
    const got = await Promise.all(counted.map((path) => admin.get(path)));
    expect(counted.filter((_, index) => got[index]?.headers.get('x-cache') === 'HIT')).toEqual(kept);
  });

  it('are, of pages, those that show what was changed', async () => {
    const { riskId: elsewhere } = await addMitigation(admin, (await addRisk(admin)).id);
    const page = (of: string, sort: string): string => `/api/v1/mitigations?riskId=${of}&sort=${sort}`;
    const others = (await admin.get(page(elsewhere, 'dueDate'))).body.items as { id: string }[];
    while (others.some((other) => MitigationTags.row(other.id).path === MitigationTags.row(id).path))
      id = (await addMitigation(admin, riskId)).id;
    const paths = [page(elsewhere, 'dueDate'), page(elsewhere, 'title'), page(riskId, 'dueDate')];
    for (let time = 0; time < 2; time++) for (const path of paths) await admin.get(path);
    await admin.patch(mitigation(), { title: 'In other words' }, any);
    const got = await Promise.all(paths.map(async (path) => (await admin.get(path)).headers.get('x-cache')));
    expect(got).toEqual(['HIT', 'MISS', 'MISS']);
  });

  it('leave those about other risks and mitigations where they are', async () => {
    const other = await addMitigation(admin, (await addRisk(admin)).id);
    const places = [
      `/api/v1/mitigations/${other.id}`,
      `/api/v1/risks/${other.riskId}/mitigations`,
      '/api/v1/risks?limit=7',
    ];
    for (const path of places) await admin.get(path);
    await admin.patch(step(), { done: true });
    for (const path of places) expect((await admin.get(path)).headers.get('x-cache')).toBe('HIT');
  });

  it('are not shared with who sees less', async () => {
    const me = await customMember(app, app.acme, ['mitigation:read:own']);
    for (const path of ['?limit=50', `?riskId=${riskId}`]) {
      expect((await admin.get(`/api/v1/mitigations${path}`)).text).toContain(id);
      expect((await me.client.get(`/api/v1/mitigations${path}`)).body.items).toEqual([]);
    }
    await admin.get(mitigation());
    expect((await me.client.get(mitigation())).status).toBe(404);
    await admin.patch(mitigation(), { assigneeId: me.userId }, any);
    expect((await me.client.get(mitigation())).status).toBe(200);
    expect((await me.client.get('/api/v1/mitigations?limit=50')).body.items).toHaveLength(1);
  });
});
