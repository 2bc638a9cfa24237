import { Pool } from 'pg';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { runInContext } from '../../../src/context/request-context';
import { Database } from '../../../src/database/database';
import { AppContexts } from '../../../src/marketplace/apps/app-contexts';
import { beginRun } from '../../../src/marketplace/sync/run-rows';
import { SyncAttempt } from '../../../src/marketplace/sync/sync-attempt';
import { SyncEnds } from '../../../src/marketplace/sync/sync-ends';
import { SyncSuperseded } from '../../../src/marketplace/sync/sync.errors';
import type { SyncRunResponse } from '../../../src/marketplace/sync/sync-run.dto';
import { installApp, runOf, runOver, startSync, synchronise } from '../../factories/sync';
import { problemIn } from '../../factories/risk';
import type { ApiClient } from '../../support/api-client';
import { dojoFinding, dojoFindings, dojoPages, offsetOf } from '../../support/dojo-source';
import { withClient } from '../../support/open-database';
import { RecordedEvents } from '../../support/outbox';
import { json, openSource, status, type SourceServer } from '../../support/source-server';
import { createTestApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

const MOST_RECORDS = 2_000;
const none = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, vanished: 0 };

describe('a synchronisation', () => {
  let app: TestApp;
  let admin: ApiClient;
  let source: SourceServer;
  let appId: string;
  let path: string;

  beforeAll(async () => {
    source = await openSource();
    app = await createTestApp({
      env: {
        ...{ JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '50', OUTBOUND_ALLOWED_ADDRESSES: source.host },
        ...{ SYNC_RETRY_DELAY_MS: '1', SYNC_MAX_ATTEMPTS: '3', SYNC_MAX_RECORDS: String(MOST_RECORDS) },
      },
    });
    admin = app.as('admin');
  });
  afterAll(async () => {
    await app.close();
    await source.close();
  });
  beforeEach(async () => {
    await sql(`UPDATE apps SET status = 'UNINSTALLED'`);
    source.asked.length = 0;
    source.answer = dojoPages(dojoFindings(3));
    appId = await installApp(admin, 'defectdojo', { url: source.url, token: 'secret-token' });
    path = `/api/v1/marketplace/apps/${appId}`;
  });

  const sql = (statement: string, parameters: unknown[] = []) =>
    withClient(app.database.adminUrl, async (client) => (await client.query(statement, parameters)).rows);
  const jobOf = ({ jobId }: SyncRunResponse) => admin.get(`/api/v1/jobs/${jobId}`).then(({ body }) => body);
  const run = (id: string) => runOf(admin, appId, id);
  const total = async (): Promise<number> =>
    (await admin.get('/api/v1/risks?limit=1&total=true&source=CONNECTOR')).body.total;
  const inTenant = <T>(work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'test', tenantId: app.acme.id }, work);
  const hold = () => {
    const pages = source.answer;
    const gate = new EventEmitter();
    source.answer = (request, response) => void gate.once('open', () => pages(request, response));
    return () => {
      source.answer = pages;
      gate.emit('open');
    };
  };

  it('is answered at once, told while it runs, and listed with what became of it', async () => {
    const release = hold();
    const started = await admin.post(`${path}/sync`);
    expect([started.status, started.headers.get('location')]).toEqual([202, `${path}/runs/${started.body.id}`]);
    expect(started.body).toMatchObject({ appId, startedBy: 'MANUAL', createdBy: app.acme.userIds.admin, error: null });
    await until(async () => (await run(started.body.id)).status === 'RUNNING');
    expect(problemIn(await admin.post(`${path}/sync`))).toEqual({ status: 409, code: 'app.sync-underway' });
    release();
    const over = await runOver(admin, appId, started.body.id);
    expect(over).toMatchObject({ status: 'SUCCEEDED', total: 3, counts: { read: 3 }, failures: [] });
    await synchronise(admin, appId);
    const { items, total: count } = (await admin.get(`${path}/runs?total=true&limit=1`)).body;
    expect([items.length, count]).toEqual([1, 2]);
    await until(async () => (await jobOf(over)).status === 'SUCCEEDED');
    expect((await admin.get(path)).body).toMatchObject({
      ...{ status: 'INSTALLED', lastSyncStatus: 'SUCCEEDED', lastSyncError: null, lastSyncAt: expect.any(String) },
    });
  });

  it('is forgotten after 90 days, when another one starts', async () => {
    const [older, younger] = [await synchronise(admin, appId), await synchronise(admin, appId)];
    const age = `UPDATE sync_runs SET created_at = now() - $2 * interval '1 day' WHERE id = $1`;
    await sql(age, [older.id, 91]);
    await sql(age, [younger.id, 89]);
    const { id } = await synchronise(admin, appId);
    const { items } = (await admin.get(`${path}/runs`)).body;
    expect(items.map((kept: SyncRunResponse) => kept.id)).toEqual([id, younger.id]);
  });

  it("is nobody else's, and nothing for who may not change connectors", async () => {
    const { id } = await synchronise(admin, appId);
    expect((await app.as('viewer').get(`${path}/runs/${id}`)).status).toBe(200);
    expect((await app.as('viewer').post(`${path}/sync`)).status).toBe(403);
    const stranger = app.as('admin', app.globex);
    const answers = [
      await stranger.get(`${path}/runs`),
      await stranger.get(`${path}/runs/${id}`),
      await stranger.post(`${path}/sync`),
      await stranger.post(`${path}/runs/${id}/cancel`),
      await admin.get(`/api/v1/marketplace/apps/${randomUUID()}/runs/${id}`),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404]);
  });

  it.each(['DISABLED', 'PENDING'])('is none of an app that is %s', async (state) => {
    await sql('UPDATE apps SET status = $2 WHERE id = $1', [appId, state]);
    expect(problemIn(await admin.post(`${path}/sync`))).toEqual({ status: 409, code: 'app.not-ready' });
    expect(source.asked).toEqual([]);
  });

  it('fails with the reason after the last attempt, and leaves what was there', async () => {
    const before = await total();
    source.answer = status(500);
    const failed = await synchronise(admin, appId);
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: expect.stringMatching(/500/),
      counts: { ...none, read: 0 },
    });
    expect(failed.error).not.toContain('secret-token');
    expect(source.asked).toHaveLength(3);
    expect(await total()).toBe(before);
    await until(async () => (await jobOf(failed)).status === 'FAILED');
    expect(await jobOf(failed)).toMatchObject({ error: failed.error });
    expect((await admin.get(path)).body).toMatchObject({
      ...{ status: 'ERROR', lastSyncStatus: 'FAILED', lastSyncError: failed.error },
    });
    source.answer = dojoPages(dojoFindings(3));
    expect(await synchronise(admin, appId)).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect((await admin.get(path)).body).toMatchObject({ status: 'INSTALLED', lastSyncError: null });
    const logs = (await admin.get(`${path}/logs?action=SYNC`)).body.items;
    expect(logs).toMatchObject([
      { outcome: 'SUCCEEDED', error: null, actorId: app.acme.userIds.admin },
      { outcome: 'FAILED', error: failed.error, actorId: app.acme.userIds.admin },
    ]);
  });

  it('tells the outside how it ended, after what it has changed', async () => {
    const pool = new Pool({ connectionString: app.database.adminUrl, max: 1 });
    const events = new RecordedEvents(pool, app.acme.id);
    try {
      await events.subscribe();
      source.answer = dojoPages([dojoFinding(7_000_001)]);
      const { id: runId } = await synchronise(admin, appId);
      source.answer = status(403);
      await synchronise(admin, appId);
      const actorId = app.acme.userIds.admin;
      expect(await events.since()).toMatchObject([
        { type: 'risk.synced', actorId, data: { title: 'Finding 7000001' } },
        { type: 'connector.synced', actorId, subjectId: appId, data: { appId, connector: 'defectdojo', runId } },
        { type: 'connector.failed', actorId, subjectId: appId, data: { appId, connector: 'defectdojo' } },
      ]);
    } finally {
      await events.forget();
      await pool.end();
    }
  });

  it.each([
    ['401', status(401)],
    ['something that is no JSON', (_request, response) => response.end('<html>Sign in</html>')],
    ['JSON of another shape', json({ items: [] })],
  ] satisfies [string, SourceServer['answer']][])(
    'fails at once when the source answers with %s',
    async (_, answer) => {
      source.answer = answer;
      const failed = await synchronise(admin, appId);
      expect(failed).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/./), retryAt: null });
      expect(source.asked).toHaveLength(1);
    },
  );

  it('waits as long as a busy source asks for, and goes on where it was', async () => {
    const pages = dojoPages(dojoFindings(501));
    let refusals = 0;
    source.answer = (request, response) => {
      const isRefused = offsetOf(request.url) === 250 && refusals++ === 0;
      (isRefused ? status(429, { 'retry-after': '2' }) : pages)(request, response);
    };
    const id = await startSync(admin, appId);
    await until(async () => (await run(id)).retryAt !== null, 10_000);
    const waiting = await run(id);
    expect(waiting).toMatchObject({ status: 'QUEUED', error: expect.stringContaining('429'), checkpoint: '250' });
    const over = await runOver(admin, appId, id);
    expect(over).toMatchObject({ status: 'SUCCEEDED', error: null, retryAt: null, counts: { read: 501, failed: 0 } });
    expect(Date.parse(String(over.finishedAt))).toBeGreaterThanOrEqual(Date.parse(String(waiting.retryAt)));
    expect(source.asked.map(offsetOf)).toEqual([0, 250, 250, 500]);
  });

  it('does not wait for a source that asks for hours', async () => {
    source.answer = status(429, { 'retry-after': '86400' });
    expect(await synchronise(admin, appId)).toMatchObject({ status: 'FAILED', retryAt: null });
    expect(source.asked).toHaveLength(1);
  });

  it('of a source without end fails, and keeps the steps that were stored', async () => {
    const before = await total();
    source.answer = (request, response) => {
      const offset = offsetOf(request.url);
      const results = Array.from({ length: 250 }, (_, index) => dojoFinding(1_000_000 + offset + index));
      json({ count: offset + 1_000, next: 'http://source/next', results })(request, response);
    };
    const failed = await synchronise(admin, appId);
    expect(failed).toMatchObject({ status: 'FAILED', error: expect.stringContaining(`more than ${MOST_RECORDS}`) });
    expect(failed.counts).toEqual({ ...none, read: MOST_RECORDS, created: MOST_RECORDS });
    expect(await total()).toBe(before + MOST_RECORDS);
  }, 180_000);

  it('leaves out hostile records, says why, and marks nothing as vanished that it could not read', async () => {
    await synchronise(admin, appId);
    source.answer = dojoPages([
      dojoFinding(1),
      dojoFinding(2, { title: 'a\0b' }),
      dojoFinding(4, { severity: { $gt: '' } }),
      dojoFinding(5, { title: `=HYPERLINK("http://evil")${'x'.repeat(10_000)}`, cwe: 1e308 }),
      'nonsense',
    ]);
    const over = await synchronise(admin, appId);
    expect(over).toMatchObject({
      status: 'SUCCEEDED',
      counts: { read: 5, created: 0, unchanged: 1, failed: 4, vanished: 0 },
    });
    expect(over.failures.map(({ problems }) => problems[0]?.pointer)).toEqual([...['/title', '/severity', '/cwe', '']]);
  });

  it('that is cancelled while it waits never begins; one that runs ends, and what it has stored stays', async () => {
    const release = hold();
    const running = await startSync(admin, appId);
    await until(() => source.asked.length > 0);
    expect((await admin.post(`${path}/runs/${running}/cancel`)).status).toBe(200);
    release();
    expect(await runOver(admin, appId, running)).toMatchObject({ status: 'CANCELLED', counts: { read: 0 } });
    expect(problemIn(await admin.post(`${path}/runs/${running}/cancel`))).toEqual({
      ...{ status: 409, code: 'app.run-finished' },
    });
    source.answer = status(429, { 'retry-after': '600' });
    const waiting = await startSync(admin, appId);
    await until(async () => (await run(waiting)).retryAt !== null);
    expect((await admin.post(`${path}/runs/${waiting}/cancel`)).body).toMatchObject({
      status: 'CANCELLED',
      retryAt: null,
    });
    source.answer = dojoPages(dojoFindings(3));
    expect(await synchronise(admin, appId)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('ends when its app is switched off meanwhile', async () => {
    const release = hold();
    const id = await startSync(admin, appId);
    await until(() => source.asked.length > 0);
    await sql(`UPDATE apps SET status = 'DISABLED' WHERE id = $1`, [appId]);
    release();
    expect(await runOver(admin, appId, id)).toMatchObject({
      ...{ status: 'CANCELLED', error: expect.stringContaining('switched off'), counts: { read: 0 } },
    });
  });

  it('whose job was cancelled past it, or given up, does not stand in the way of the next one', async () => {
    source.answer = status(429, { 'retry-after': '600' });
    const id = await startSync(admin, appId);
    await until(async () => (await run(id)).retryAt !== null);
    const { jobId } = await run(id);
    expect((await admin.post(`/api/v1/jobs/${jobId}/cancel`)).status).toBe(200);
    source.answer = dojoPages(dojoFindings(3));
    expect(await synchronise(admin, appId)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run(id)).toMatchObject({ status: 'CANCELLED', retryAt: null });
  });

  it('that another process has begun anew stores nothing any more', async () => {
    const before = await total();
    source.answer = status(429, { 'retry-after': '600' });
    const id = await startSync(admin, appId);
    await until(async () => (await run(id)).retryAt !== null, 10_000);
    source.answer = dojoPages(dojoFindings(3));
    await inTenant(async () => {
      const database = app.app.get(Database);
      const stale = await database.transaction((tx) => beginRun(tx, id));
      const fresh = await database.transaction((tx) => beginRun(tx, id));
      const { connector, context, holdsSecret } = await app.app
        .get(AppContexts)
        .open(appId, AbortSignal.timeout(60_000));
      const attempt = (begun: typeof stale) =>
        app.app.get(SyncAttempt).run(begun!, connector, { ...context, holdsSecret, report: () => Promise.resolve() });
      await expect(attempt(stale)).rejects.toThrow(SyncSuperseded);
      expect(await run(id)).toMatchObject({ counts: { read: 0 }, checkpoint: null });
      await attempt(fresh);
      await app.app.get(SyncEnds).end(stale!, 'FAILED', 'stale');
      expect(await run(id)).toMatchObject({ status: 'RUNNING', counts: { read: 3 } });
      await app.app.get(SyncEnds).end(fresh!, 'SUCCEEDED');
    });
    expect(await total()).toBeLessThanOrEqual(before + 3);
  });
});
