import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import { addVault, VAULT_ID, withTestConnectors } from '../factories/app';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };
const url = 'https://vault.example.org/api';
const connector = `/api/v1/marketplace/connectors/${VAULT_ID}`;

describe('cached answers about the marketplace', () => {
  let app: TestApp;
  let uncached: TestApp;
  let admin: ApiClient;
  let installed: AppResponse;

  beforeAll(async () => {
    app = await createTestApp({ env: withTestConnectors });
    uncached = await createTestApp({ sharing: app, env: { ...withTestConnectors, CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
  });
  afterAll(async () => {
    await uncached.close();
    await app.close();
  });
  beforeEach(async () => {
    installed = await addVault(admin);
  });
  afterEach(async () => {
    await admin.delete(path(), any);
  });

  const path = (): string => `/api/v1/marketplace/apps/${installed.id}`;
  const questions = (): string[] => [
    ...[path(), `${path()}/logs?total=true`, `${path()}/logs?action=TEST,CONFIGURE`],
    ...['', '?status=UNINSTALLED&total=true', `?connectorId=${VAULT_ID}&limit=3`].map(
      (query) => `/api/v1/marketplace/apps${query}`,
    ),
    ...['', '?total=true&status=ACTIVE', '?q=vault', '/search?q=vault'].map(
      (query) => `/api/v1/marketplace/connectors${query}`,
    ),
    ...[connector, `${connector}/reviews?total=true`],
  ];
  const answers = async (served: TestApp): Promise<unknown[]> => {
    const got = await Promise.all(questions().map((question) => served.as('viewer').get(question)));
    return got.map(({ status, text, headers }) => [status, text, headers.get('etag')]);
  };
  const configure = (configuration: object, headers = any): Promise<ApiAnswer> =>
    admin.send('PUT', path(), { name: 'Vault', configuration }, headers);

  it.each<[string, number, () => Promise<{ status: number }>]>([
    ['a configuration', 200, () => configure({ url, batch: 7 })],
    ['one that is refused', 422, () => configure({ url, batch: 0 })],
    ['one that comes too late', 412, () => configure({ url }, { 'if-match': '"v9"' })],
    ['another address', 200, () => configure({ url: 'https://elsewhere.example.org' })],
    ['a test', 200, () => admin.post(`${path()}/test`)],
    ['being disabled', 200, () => admin.post(`${path()}/disable`)],
    ['being uninstalled', 204, () => admin.delete(path(), any)],
    ['a review', 201, () => admin.post(`${connector}/reviews`, { rating: 3 })],
    [
      'an installation in another tenant',
      201,
      async () => {
        await addVault(app.as('admin', app.globex));
        return { status: 201 };
      },
    ],
    ['a review in another tenant', 201, () => app.as('admin', app.globex).post(`${connector}/reviews`, { rating: 1 })],
  ])('are those of the database, to the byte, after %s', async (_what, status, change) => {
    for (let time = 0; time < 2; time++) await answers(app);
    expect(await answers(app)).toEqual(await answers(uncached));
    expect((await change()).status).toBe(status);
    expect(await answers(app)).toEqual(await answers(uncached));
  });

  it('are hits', async () => {
    for (let time = 0; time < 2; time++) await answers(app);
    const got = await Promise.all(questions().map((question) => admin.get(question)));
    const missed = questions().filter((_, index) => got[index]?.headers.get('x-cache') !== 'HIT');
    expect(missed).toEqual([]);
  });

  it('live as long as they are meant to: 20 minutes, those about connectors 15', async () => {
    const ttl = async (question: string): Promise<number> => {
      for (let time = 0; time < 2; time++) await admin.get(question);
      const { headers } = await admin.get(question);
      return Number(/ttl=(\d+)/.exec(headers.get('cache-status') ?? '')?.[1]) / 60;
    };
    for (const [question, minutes] of [
      [path(), 20],
      [`${connector}/reviews`, 20],
      [connector, 15],
    ] as const) {
      const left = await ttl(question);
      expect(left).toBeGreaterThan(minutes * 0.88);
      expect(left).toBeLessThan(minutes * 1.12);
    }
  });
});
