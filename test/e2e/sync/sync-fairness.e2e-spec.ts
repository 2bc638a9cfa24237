import { EventEmitter } from 'node:events';
import { installApp, runOf, runOver, startSync, synchronise } from '../../factories/sync';
import { dojoFindings, dojoPages } from '../../support/dojo-source';
import { openSource, type SourceServer } from '../../support/source-server';
import { createTestApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

jest.setTimeout(90_000);

describe('a tenant whose sources take long', () => {
  let slow: SourceServer;
  let quick: SourceServer;
  let app: TestApp;
  let worker: TestApp | undefined;

  beforeAll(async () => {
    [slow, quick] = await Promise.all([openSource(), openSource(dojoPages(dojoFindings(10)))]);
    app = await createTestApp({ env: { CACHE_ENABLED: 'false' } });
  });
  afterAll(async () => {
    await worker?.close();
    await app.close();
    await Promise.all([slow.close(), quick.close()]);
  });

  it('has all workers of a process but one: another tenant goes on', async () => {
    const gate = new EventEmitter();
    slow.answer = (_request, response) => void gate.once('open', () => response.writeHead(404).end());
    const admin = app.as('admin');
    const apps = [
      await installApp(admin, 'file', { url: `${slow.url}/risks.csv` }),
      await installApp(admin, 'cisa-kev', { url: slow.url }),
      await installApp(admin, 'defectdojo', { url: slow.url, token: 'secret-token' }),
    ];
    const runs: [appId: string, runId: string][] = [];
    for (const appId of apps) runs.push([appId, await startSync(admin, appId)]);
    const statuses = async (): Promise<string[]> =>
      (await Promise.all(runs.map(([appId, runId]) => runOf(admin, appId, runId)))).map(({ status }) => status);

    // All of its workers ask for a job at once.
    worker = await createTestApp({
      env: {
        ...{ JOBS_ENABLED: 'true', JOBS_SYNC_CONCURRENCY: '3', JOBS_POLL_INTERVAL_MS: '50', CACHE_ENABLED: 'false' },
        OUTBOUND_ALLOWED_ADDRESSES: `${slow.host}, ${quick.host}`,
      },
      sharing: app,
    });
    await until(() => slow.asked.length >= 2);
    const stranger = app.as('admin', app.globex);
    const other = await installApp(stranger, 'defectdojo', { url: quick.url, token: 'secret-token' });
    for (let time = 0; time < 2; time++) {
      expect(await synchronise(stranger, other)).toMatchObject({ status: 'SUCCEEDED', counts: { read: 10 } });
    }
    expect((await statuses()).toSorted()).toEqual(['QUEUED', 'RUNNING', 'RUNNING']);

    // What it has itself goes on as well, as soon as one of its own is over.
    slow.answer = (_request, response) => void response.writeHead(404).end();
    gate.emit('open');
    for (const [appId, runId] of runs) expect(await runOver(admin, appId, runId)).toMatchObject({ status: 'FAILED' });
  });
});
