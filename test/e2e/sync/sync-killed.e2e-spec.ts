import { installApp, runOf, runOver, startSync } from '../../factories/sync';
import type { ApiClient } from '../../support/api-client';
import { dojoFindings, dojoPages, offsetOf } from '../../support/dojo-source';
import { withClient } from '../../support/open-database';
import { runProduct, type ProductProcess } from '../../support/product-process';
import { openSource, type SourceServer } from '../../support/source-server';
import { createTestApp, testSecret, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

jest.setTimeout(180_000);

const FINDINGS = 3_000;
/** Nobody gets further before the first process is dead. */
const HELD_FROM = 1_500;
const workerEnv = (source: SourceServer) => ({
  ...{ JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '100', OUTBOUND_ALLOWED_ADDRESSES: source.host },
  CACHE_ENABLED: 'false',
});

describe('a process that is killed in the middle of a synchronisation', () => {
  let app: TestApp;
  let admin: ApiClient;
  let source: SourceServer;
  let first: ProductProcess | undefined;
  let second: TestApp | undefined;

  beforeAll(async () => {
    source = await openSource();
    // It only hands in: others do the work.
    app = await createTestApp({ env: { JOBS_ENABLED: 'false', CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
  });
  afterAll(async () => {
    first?.child.kill('SIGKILL');
    await first?.ended();
    await second?.close();
    await app.close();
    await source.close();
  });

  const startFirst = (): ProductProcess =>
    runProduct('start', ['--no-demo'], {
      ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, CACHE_STORE: 'none', ...workerEnv(source) },
      ...{ DATABASE_URL: app.database.applicationUrl, DATABASE_OWNER_URL: app.database.ownerUrl },
    });
  const total = async (): Promise<number> => (await admin.get('/api/v1/risks?limit=1&total=true')).body.total;
  const busy = (): Promise<number> =>
    withClient(app.database.adminUrl, async (sql) => {
      const { rowCount } = await sql.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
      );
      return rowCount ?? 0;
    });

  it('leaves whole steps, and another one goes on behind them: nothing twice, nothing missing', async () => {
    const pages = dojoPages(dojoFindings(FINDINGS));
    source.answer = (request, response) => {
      if (offsetOf(request.url) < HELD_FROM) pages(request, response);
    };
    const appId = await installApp(admin, 'defectdojo', { url: source.url, token: 'secret-token' });
    first = startFirst();
    const runId = await startSync(admin, appId);
    await until(async () => (await runOf(admin, appId, runId)).counts.read >= 500, 120_000);
    first.child.kill('SIGKILL');
    await first.ended();
    // What it has sent before it died Postgres still does.
    await until(async () => (await busy()) === 0, 60_000);

    const left = await runOf(admin, appId, runId);
    expect(left).toMatchObject({ status: 'RUNNING', checkpoint: String(left.counts.read) });
    expect([left.counts.read % 250, await total()]).toEqual([0, left.counts.read]);

    source.answer = pages;
    const askedBefore = source.asked.length;
    // What becomes of it a minute after the last heartbeat; import-job-killed shows that it does.
    await withClient(app.database.adminUrl, (sql) =>
      sql.query(`UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE id = $1`, [left.jobId]),
    );
    second = await createTestApp({ env: workerEnv(source), sharing: app });
    const over = await runOver(admin, appId, runId);
    expect(over).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(over.counts).toMatchObject({ read: FINDINGS, created: FINDINGS, unchanged: 0, failed: 0, vanished: 0 });
    expect(await total()).toBe(FINDINGS);
    expect(offsetOf(source.asked[askedBefore])).toBe(left.counts.read);
  });
});
