import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { installApp, synchronise } from '../../factories/sync';
import type { ApiClient } from '../../support/api-client';
import { json, openSource, type SourceServer } from '../../support/source-server';
import { createTestApp, type TestApp } from '../../support/test-app';

const path = resolve(__dirname, '../../../../shared/data/kev-2025-01.json');
const isThere = existsSync(path);
if (!isThere) console.log(`Skipped: ${path} is absent`);

interface Entry {
  readonly cveID: string;
  readonly [field: string]: unknown;
}
interface Feed {
  readonly catalogVersion: string;
  readonly vulnerabilities: Entry[];
}

(isThere ? describe : describe.skip)('the catalogue of exploited vulnerabilities', () => {
  let app: TestApp;
  let admin: ApiClient;
  let source: SourceServer;
  let appId: string;
  const feed = (isThere ? JSON.parse(readFileSync(path, 'utf8')) : {}) as Feed;
  const none = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, vanished: 0 };

  beforeAll(async () => {
    source = await openSource();
    app = await createTestApp({
      env: { JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '100', OUTBOUND_ALLOWED_ADDRESSES: source.host },
    });
    admin = app.as('admin');
    appId = await installApp(admin, 'cisa-kev', { url: `${source.url}/feed.json` });
  });
  afterAll(async () => {
    await app.close();
    await source.close();
  });

  const serve = (vulnerabilities: Entry[], catalogVersion = feed.catalogVersion): void => {
    source.answer = json({ ...feed, catalogVersion, count: vulnerabilities.length, vulnerabilities });
  };
  const total = async (): Promise<number> =>
    (await admin.get('/api/v1/risks?limit=1&total=true&source=CONNECTOR')).body.total;

  it('becomes 1,252 risks, and nothing more when it is fetched again', async () => {
    serve(feed.vulnerabilities);
    const first = await synchronise(admin, appId);
    expect(first).toMatchObject({ status: 'SUCCEEDED', error: null, total: 1_252, startedBy: 'MANUAL' });
    expect(first.counts).toEqual({ ...none, read: 1_252, created: 1_252 });
    expect(await total()).toBe(1_252);
    const before = (await admin.get('/api/v1/risks?limit=200&sort=title')).body.items;

    const again = await synchronise(admin, appId);
    expect(again.counts).toEqual({ ...none, read: 1_252, unchanged: 1_252 });
    expect((await admin.get('/api/v1/risks?limit=200&sort=title')).body.items).toEqual(before);
  }, 180_000);

  it('changes by exactly what a later version of it differs in, there and back', async () => {
    const [first, second, third, ...others] = feed.vulnerabilities;
    const fresh = { ...first!, cveID: 'CVE-2025-99999', vulnerabilityName: 'A new one' };
    const changed = { ...second!, dueDate: '2031-05-05', knownRansomwareCampaignUse: 'Known' };
    serve([fresh, first!, changed, ...others], '2025.02.01');
    expect((await synchronise(admin, appId)).counts).toEqual({
      ...{ read: 1_252, created: 1, updated: 1, unchanged: 1_250, skipped: 0, failed: 0, vanished: 1 },
    });
    const [risk] = (await admin.get(`/api/v1/risks?q=${second!.cveID}`)).body.items;
    expect(risk).toMatchObject({ dueDate: '2031-05-05', probability: 5, customFields: { knownRansomware: true } });
    const [gone] = (await admin.get(`/api/v1/risks?q=${third!.cveID}`)).body.items;
    const { items } = (await admin.get(`/api/v1/risks/${gone.id}/sources`)).body;
    expect(items).toMatchObject([{ connector: 'cisa-kev', externalId: third!.cveID, vanishedAt: expect.any(String) }]);

    serve(feed.vulnerabilities);
    expect((await synchronise(admin, appId)).counts).toEqual({
      ...{ read: 1_252, created: 0, updated: 1, unchanged: 1_251, skipped: 0, failed: 0, vanished: 1 },
    });
    expect((await admin.get(`/api/v1/risks/${gone.id}/sources`)).body.items).toMatchObject([{ vanishedAt: null }]);
    expect(await total()).toBe(1_253);
  }, 180_000);
});
