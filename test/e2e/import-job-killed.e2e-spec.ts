import type { ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { runProduct, type ProductProcess } from '../support/product-process';
import { createTestApp, testSecret, type TestApp } from '../support/test-app';
import { until } from '../support/until';

jest.setTimeout(120_000);

const ROWS = 12_000;
const file = `title,probability,impact,externalId\n${Array.from({ length: ROWS }, (_, index) => `Imported ${index},3,4,ext-${index}\n`).join('')}`;

describe('a process that is killed while it imports', () => {
  let app: TestApp;
  let admin: ApiClient;
  const processes: ProductProcess[] = [];

  beforeAll(async () => {
    // It only hands in: others do the work.
    app = await createTestApp({ env: { JOBS_ENABLED: 'false', CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
  });
  afterAll(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    await Promise.all(processes.map((one) => one.ended()));
    await app.close();
  });

  const startWorker = (): ProductProcess => {
    const worker = runProduct('start', ['--no-demo'], {
      ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, CACHE_STORE: 'none' },
      ...{ DATABASE_URL: app.database.applicationUrl, DATABASE_OWNER_URL: app.database.ownerUrl },
      JOBS_POLL_INTERVAL_MS: '200',
    });
    processes.push(worker);
    return worker;
  };
  const total = async (): Promise<number> => (await admin.get('/api/v1/risks?limit=1&total=true')).body.total;

  it('leaves nothing, and another one makes the whole import once', async () => {
    const first = startWorker();
    await first.untilPrinted(/API +http/);
    const { body } = await admin.send('POST', '/api/v1/risks/import-jobs', file, { 'content-type': 'text/csv' });
    const job = async () => (await admin.get(`/api/v1/jobs/${body.id}`)).body;
    await until(async () => (await job()).done > 0, 60_000);
    first.child.kill('SIGKILL');
    await first.ended();
    expect(await job()).toMatchObject({ status: 'RUNNING', result: null });
    await until(async () => (await total()) === 0, 10_000);

    // What a minute without a heartbeat would make of it.
    await withClient(app.database.adminUrl, (sql) =>
      sql.query(`UPDATE pgboss.job SET started_on = now() - interval '10 minutes' WHERE id = $1`, [body.id]),
    );
    startWorker();
    await until(async () => (await job()).status === 'SUCCEEDED', 90_000);
    expect((await job()).result.counts).toMatchObject({ rows: ROWS, created: ROWS });
    expect(await total()).toBe(ROWS);
  });
});
