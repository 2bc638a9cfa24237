import { runInContext } from '../../../src/context/request-context';
import { SyncSchedule } from '../../../src/marketplace/sync/sync-schedule';
import { installApp } from '../../factories/sync';
import type { ApiClient } from '../../support/api-client';
import { dojoFindings, dojoPages } from '../../support/dojo-source';
import { withClient } from '../../support/open-database';
import { openSource, status, type SourceServer } from '../../support/source-server';
import { createTestApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

describe('a synchronisation by itself', () => {
  let app: TestApp;
  let admin: ApiClient;
  let source: SourceServer;
  let appId: string;
  let path: string;

  beforeAll(async () => {
    source = await openSource();
    app = await createTestApp({
      env: { JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '50', OUTBOUND_ALLOWED_ADDRESSES: source.host },
    });
    admin = app.as('admin');
  });
  afterAll(async () => {
    await app.close();
    await source.close();
  });
  beforeEach(async () => {
    await sql(`UPDATE apps SET status = 'UNINSTALLED'`);
    source.answer = dojoPages(dojoFindings(3));
    appId = await installApp(admin, 'defectdojo', { url: source.url, token: 'secret-token' });
    path = `/api/v1/marketplace/apps/${appId}`;
  });

  const sql = (statement: string, parameters: unknown[] = []) =>
    withClient(app.database.adminUrl, async (client) => (await client.query(statement, parameters)).rows);
  const schedule = (): Promise<void> =>
    runInContext({ requestId: 'test', tenantId: app.acme.id }, () => app.app.get(SyncSchedule).startDue());
  const runs = async (): Promise<{ status: string; startedBy: string; createdBy: string | null }[]> =>
    (await admin.get(`${path}/runs`)).body.items;
  const settled = () =>
    until(async () => (await runs()).every(({ status }) => !['QUEUED', 'RUNNING'].includes(status)));
  const age = (seconds: number) =>
    sql(`UPDATE sync_runs SET created_at = created_at - $2 * interval '1 second' WHERE app_id = $1`, [appId, seconds]);

  const settle = async (syncIntervalSeconds: number): Promise<void> => {
    const settings = { autoSync: true, syncIntervalSeconds };
    const settled = await admin.send('PUT', `${path}/sync`, settings, { 'if-match': '*' });
    expect([settled.status, settled.body]).toEqual([200, expect.objectContaining(settings)]);
  };

  it('is decided by who may change connectors, on the version that they have seen, and written down', async () => {
    const settings = { autoSync: true, syncIntervalSeconds: 3_600 };
    const put = (client: ApiClient, body: object, ifMatch: string, of = path) =>
      client.send('PUT', `${of}/sync`, body, { 'if-match': ifMatch });
    const before = await admin.get(path);
    expect((await put(app.as('viewer'), settings, '*')).status).toBe(403);
    expect((await put(app.as('admin', app.globex), settings, '*')).status).toBe(404);
    expect((await put(admin, settings, '"v99"')).status).toBe(412);
    for (const bad of [{ ...settings, syncIntervalSeconds: 59 }, { autoSync: true }, { ...settings, extra: 1 }]) {
      expect((await put(admin, bad, '*')).status).toBe(422);
    }
    expect((await admin.get(path)).body).toEqual(before.body);
    const changed = await put(app.as('manager'), settings, before.headers.get('etag') ?? '');
    expect(changed.body).toMatchObject({ ...settings, version: Number(before.body.version) + 1 });
    expect((await admin.get(path)).body).toEqual(changed.body);
    // The same again is no change.
    expect((await put(admin, settings, '*')).body).toEqual(changed.body);
    const [audited] = (await admin.get('/api/v1/audit-logs?action=app.schedule&limit=1')).body.items;
    expect(audited).toMatchObject({ resourceId: appId, details: settings });
    const logs = (await admin.get(`${path}/logs?action=SCHEDULE`)).body.items;
    expect(logs.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['SUCCEEDED', 'FAILED']);
  });

  it('begins when it is due, one at a time, and not while the app does not want it', async () => {
    await schedule();
    expect(await runs()).toEqual([]);
    await settle(600);
    await Promise.all([schedule(), schedule(), schedule()]);
    await settled();
    expect(await runs()).toMatchObject([{ status: 'SUCCEEDED', startedBy: 'SCHEDULE', createdBy: null }]);
    await age(590);
    await schedule();
    expect(await runs()).toHaveLength(1);
    // A tenth later at most.
    await age(71);
    await schedule();
    await settled();
    expect(await runs()).toHaveLength(2);
    await sql(`UPDATE apps SET status = 'DISABLED' WHERE id = $1`, [appId]);
    await age(10_000);
    await schedule();
    expect(await runs()).toHaveLength(2);
  });

  it('waits longer after each run that failed', async () => {
    await settle(60);
    source.answer = status(401);
    for (const expected of [1, 2]) {
      await schedule();
      await settled();
      expect(await runs()).toHaveLength(expected);
      await age(expected === 1 ? 133 : 0);
    }
    await age(133);
    await schedule();
    expect(await runs()).toHaveLength(2);
    await age(150);
    await schedule();
    await settled();
    expect(await runs()).toHaveLength(3);
  });
});
