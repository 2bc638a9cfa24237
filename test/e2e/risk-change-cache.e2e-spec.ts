import type { RiskResponse, UpdateRisk } from '../../src/risk/risk.dto';
import { RiskTags } from '../../src/risk/risk.cache';
import { addMitigation } from '../factories/mitigation';
import { addRisk } from '../factories/risk';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };

/** Each field alone: all there are, or this does not compile. */
const changes: Readonly<Record<keyof UpdateRisk, (of: { assetId: string; userId: string }) => unknown>> = {
  title: () => 'Renamed',
  description: () => 'Described',
  category: () => 'Another',
  probability: () => 5,
  impact: () => 5,
  residualProbability: () => 1,
  residualImpact: () => 1,
  targetProbability: () => 1,
  targetImpact: () => 1,
  treatment: () => 'AVOID',
  ownerId: ({ userId }) => userId,
  assigneeId: ({ userId }) => userId,
  dueDate: () => '2999-02-02',
  nextReviewAt: () => '2020-02-02',
  reviewCadenceDays: () => 7,
  tags: () => ['another'],
  frameworks: () => ['ANOTHER'],
  assetIds: ({ assetId }) => [assetId],
  externalId: () => 'another',
  customFields: () => ({ noted: 'another' }),
};

/** Fields that go together. */
const partners: Partial<Record<keyof UpdateRisk, object>> = {
  residualProbability: { residualImpact: 2 },
  residualImpact: { residualProbability: 2 },
  targetProbability: { targetImpact: 2 },
  targetImpact: { targetProbability: 2 },
};

describe('what a change of a risk makes old', () => {
  let app: TestApp;
  let uncached: TestApp;
  let admin: ApiClient;
  let risk: RiskResponse;
  let mitigationId: string;
  let assetId: string;
  let userId: string;
  let readers: readonly [cached: ApiClient, uncached: ApiClient][];

  beforeAll(async () => {
    app = await createTestApp();
    uncached = await createTestApp({ sharing: app, env: { CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
    await admin.post('/api/v1/custom-fields', { key: 'noted', label: 'Noted', type: 'text' });
    assetId = (await admin.post('/api/v1/assets', { name: 'Crown jewels', type: 'Data', criticality: 'CRITICAL' })).body
      .id as string;
    const owning = await customMember(app, app.acme, [
      ...['risk:read:own', 'mitigation:read:own', 'dashboard:read:own'],
    ]);
    userId = owning.userId;
    readers = [
      [app.as('viewer'), uncached.as('viewer')],
      [owning.client, new ApiClient(uncached.url, owning.client.token)],
    ];
  });
  afterAll(async () => {
    await uncached.close();
    await app.close();
  });
  beforeEach(async () => {
    risk = await addRisk(admin, { status: 'ASSESSED', dueDate: '2020-01-01', tags: ['one'] });
    mitigationId = (await addMitigation(admin, risk.id, { title: 'Watched' })).id;
  });

  const counted = (): string[] => [
    ...['', '/risk-matrix', '/risk-distribution', '/mitigation-metrics'].map((path) => `/api/v1/stats${path}`),
    ...['/trends?days=7', '/timeline?days=7'].map((path) => `/api/v1/stats${path}`),
    '/api/v1/stats/timeseries?metric=averageScore',
    '/api/v1/risks/matrix',
    '/api/v1/risks/matrix?period=week',
  ];
  const ofMitigations = (): string[] => [
    `/api/v1/mitigations/${mitigationId}`,
    `/api/v1/mitigations/${mitigationId}/sub-actions`,
    '/api/v1/mitigations?total=true&sort=-createdAt',
  ];
  const belongings = (): string[] =>
    ['comments', 'mitigations', 'acceptance', 'reviews'].map((what) => `/api/v1/risks/${risk.id}/${what}?total=true`);
  const shown = (): string[] => [
    ...['?total=true', '?overdue=true&total=true', '?tag=one&total=true', '?sort=-updatedAt'].map(
      (path) => `/api/v1/risks${path}`,
    ),
    ...['', '/score', '/history', '/transitions'].map((path) => `/api/v1/risks/${risk.id}${path}`),
    `/api/v1/risks/search?q=${encodeURIComponent(risk.title)}`,
    ...['/reviews/overdue?total=true'].map((path) => `/api/v1/risks${path}`),
    '/api/v1/stats/top-risks?limit=10',
    '/api/v1/mitigations/recommended?limit=10',
  ];
  const ask = (client: ApiClient): Promise<ApiAnswer[]> =>
    Promise.all([...counted(), ...ofMitigations(), ...belongings(), ...shown()].map((path) => client.get(path)));
  const told = (answers: readonly ApiAnswer[]): unknown[] =>
    answers.map(({ status, text, headers }) => (status === 200 ? [text, headers.get('etag')] : status));
  const missed = async (paths: readonly string[]): Promise<string[]> => {
    const answers = await Promise.all(paths.map((path) => app.as('viewer').get(path)));
    return paths.filter((_, index) => answers[index]?.headers.get('x-cache') !== 'HIT');
  };
  const send = async (method: string, path: string, body?: object): Promise<void> => {
    const { status, text } = await admin.send(method, `/api/v1/${path}`, body, any);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  };
  const change = async (field: keyof UpdateRisk): Promise<void> => {
    const body = { ...partners[field], [field]: changes[field]({ assetId, userId }) };
    await send('PATCH', `risks/${risk.id}`, body);
  };
  const fields = Object.keys(changes) as (keyof UpdateRisk)[];

  const expectFreshAfter = async (write: () => Promise<unknown>): Promise<void> => {
    await Promise.all(readers.map(([cached]) => ask(cached)));
    await write();
    const both = await Promise.all(readers.flat().map(ask));
    expect([told(both[0] ?? []), told(both[2] ?? [])]).toEqual([told(both[1] ?? []), told(both[3] ?? [])]);
  };

  it.each(fields)('is never served, whoever asks: %s', (field) => expectFreshAfter(() => change(field)));

  it.each<keyof UpdateRisk>(['ownerId', 'assigneeId'])('is never served to who was its %s', async (field) => {
    await change(field);
    await expectFreshAfter(() => send('PATCH', `risks/${risk.id}`, { [field]: null }));
  });

  it.each<[string, () => Promise<void>]>([
    ['a transition', () => send('POST', `risks/${risk.id}/transition`, { status: 'TREATMENT_PLANNED' })],
    ['a deletion', () => send('DELETE', `risks/${risk.id}`)],
    ['a review', () => send('POST', `risks/${risk.id}/review`, { outcome: 'CONFIRMED', nextReviewAt: '2999-01-01' })],
    ['a mitigation that is done', () => send('PATCH', `mitigations/${mitigationId}`, { status: 'IN_PROGRESS' })],
    [
      'an acceptance that is asked for',
      () => send('POST', `risks/${risk.id}/acceptance`, { justification: 'For now.', validUntil: '2027-06-30' }),
    ],
  ])('is never served, whoever asks: %s', (_what, write) => expectFreshAfter(write));

  it.each<keyof UpdateRisk>(['title', 'description', 'tags', 'treatment', 'nextReviewAt', 'customFields'])(
    'are not statistics, mitigations and what belongs to it, when it is %s',
    async (field) => {
      // A key that becomes a tag, by what is asked for beside it, is loaded once more.
      for (let time = 0; time < 2; time++) await ask(app.as('viewer'));
      await change(field);
      expect(await missed([...counted(), ...ofMitigations(), ...belongings()])).toEqual([]);
      expect(await missed(shown().slice(0, 2))).toEqual(shown().slice(0, 2));
    },
  );

  describe('of words', () => {
    const category = 'Elsewhere';
    const page = (query = ''): string => `/api/v1/risks?category=${category}&total=true${query}`;
    const paths = [page(), page('&sort=title'), page('&sort=-updatedAt'), page('&q=risk'), page('&tag=one')];

    beforeAll(() => addRisk(admin, { category, tags: ['one'] }));
    beforeEach(async () => {
      const [listed] = (await admin.get(page())).body.items as RiskResponse[];
      // Several share a place; one that does not is found soon.
      while (RiskTags.row(risk.id).path === RiskTags.row(listed?.id ?? '').path) risk = await addRisk(admin);
      for (let time = 0; time < 2; time++) await Promise.all(paths.map((path) => app.as('viewer').get(path)));
    });

    it('are pages that words decide about, and none of the others, when they do not show it', async () => {
      await change('description');
      expect(await missed(paths)).toEqual(paths.slice(1));
    });

    it('are those that show it', async () => {
      const [listed] = (await admin.get(page())).body.items as RiskResponse[];
      await send('PATCH', `risks/${listed?.id}`, { description: `Changed ${listed?.version}` });
      expect(await missed(paths)).toEqual(paths);
    });
  });

  it('are statistics, and no mitigations, when it is a rating', async () => {
    for (let time = 0; time < 2; time++) await ask(app.as('viewer'));
    await change('impact');
    expect(await missed(ofMitigations())).toEqual([]);
    expect(await missed(counted())).toEqual(counted());
  });

  it('are mitigations too, when it is an owner', async () => {
    await ask(app.as('viewer'));
    await change('ownerId');
    expect(await missed(ofMitigations())).toEqual(ofMitigations());
  });
});
