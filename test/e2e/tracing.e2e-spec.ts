import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { readConfig } from '../../src/config/read-config';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import { startTracing, stopTracing } from '../../src/tracing/start-tracing';
import { TracingConfig } from '../../src/tracing/tracing.config';
import { withTestConnectors } from '../factories/app';
import { addRisk } from '../factories/risk';
import { addWebhook, Receiver, webhookSecret } from '../factories/webhook';
import { freePort } from '../support/free-port';
import { sharedRedisUrl } from '../support/redis-server';
import { json, openSource, type SourceServer } from '../support/source-server';
import { createTestApp, testPassword, type TestApp } from '../support/test-app';
import { attributeOf, startTraceCollector, type ReceivedSpan, type TraceCollector } from '../support/trace-collector';
import { until } from '../support/until';

jest.setTimeout(120_000);

/** As OTLP numbers them. */
const SERVER = 2;
const CONSUMER = 5;
/** What has ended is sent so soon. */
process.env['OTEL_BSP_SCHEDULE_DELAY'] = '20';

/** Of a caller who traces, and records. */
function newCaller(): { traceId: string; spanId: string; traceparent: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

function traceTo(url?: string): void {
  startTracing(readConfig(TracingConfig, url === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: url }));
}

describe('Without an endpoint for traces', () => {
  // Metrics bring the interfaces.
  const loaded = (): string[] =>
    Object.keys(require.cache).filter((file) => /node_modules\/@opentelemetry\/(?!api\/)/.test(file));

  it('nothing of OpenTelemetry is loaded', async () => {
    traceTo();
    expect(loaded()).toEqual([]);
    traceTo(`http://127.0.0.1:${await freePort()}`);
    expect(loaded()).not.toEqual([]);
    await stopTracing();
  });
});

describe('Tracing', () => {
  let collector: TraceCollector;
  let source: SourceServer;
  let silent: SourceServer;
  const unanswered: ServerResponse[] = [];
  let receiver: Receiver;
  let app: TestApp;

  beforeAll(async () => {
    [collector, source] = [await startTraceCollector(), await openSource()];
    receiver = await new Receiver().open();
    silent = await openSource((_request, response) => unanswered.push(response));
    app = await createTestApp({
      env: {
        ...withTestConnectors,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OUTBOUND_ALLOWED_ADDRESSES: `${source.host}, ${receiver.address}`,
        LOG_REQUESTS: 'all',
        JOBS_ENABLED: 'true',
        JOBS_POLL_INTERVAL_MS: '100',
        ...(sharedRedisUrl === undefined ? {} : { REDIS_URL: sharedRedisUrl, CACHE_DEADLINE_MS: '5000' }),
      },
    });
    await until(async () => (await app.anonymous().get('/health/ready')).body.cache.status === 'ok', 20_000);
  });
  afterAll(async () => {
    await stopTracing();
    await app.close();
    await Promise.all([collector.close(), source.close(), silent.close(), receiver.close()]);
  });

  /** Until so many requests of the trace have come to their end, which may be after their answer. */
  async function traceOf(traceId: string, requests = 1): Promise<ReceivedSpan[]> {
    const spans = (): ReceivedSpan[] => collector.spans().filter((span) => span.traceId === traceId);
    await until(() => spans().filter(({ kind }) => kind === SERVER).length === requests, 20_000);
    return spans();
  }

  it('slows and harms nothing when the collector is away, or takes what it is sent and never answers', async () => {
    await stopTracing();
    const began = performance.now();
    const stopped: Promise<void>[] = [];
    for (const url of [`http://127.0.0.1:${await freePort()}`, silent.url]) {
      process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = url === silent.url ? '60000' : '1000';
      traceTo(url);
      for (let round = 1; round <= 5; round++) {
        expect((await app.as('admin').get(`/api/v1/risks?limit=${round}`)).status).toBe(200);
      }
      if (url === silent.url) await until(() => silent.asked.length > 0);
      stopped.push(stopTracing());
    }
    await Promise.all(stopped);
    // Whoever waits for an answer waits for a minute.
    expect(performance.now() - began).toBeLessThan(30_000);
    delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'];
    traceTo(collector.url);
    silent.answer = json({});
    for (const response of unanswered) response.end('{}');
  });

  it('makes one trace of a request that misses the cache: HTTP, handler, Postgres and Redis, below the caller', async () => {
    const { traceId, spanId, traceparent } = newCaller();
    const path = '/api/v1/risks?limit=7';
    expect((await app.as('admin').get(path, { traceparent })).headers.get('x-cache')).toBe('MISS');
    const spans = await traceOf(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const request = spans.find(({ parentSpanId }) => parentSpanId === spanId);
    expect(request?.name).toBe('GET /api/v1/risks');
    expect(attributeOf(request, 'http.response.status_code')).toBe(200);
    expect(attributeOf(request, 'openrisk.cache')).toBe('MISS');
    const orphans = spans.filter((span) => span !== request && !byId.has(span.parentSpanId ?? ''));
    expect(orphans).toEqual([]);
    const handler = spans.find(({ name }) => name === 'RiskController.listRisks');
    expect(handler?.parentSpanId).toBe(request?.spanId);
    const inHandler = spans.filter(({ parentSpanId }) => parentSpanId === handler?.spanId).map(({ name }) => name);
    expect(inHandler).toEqual(expect.arrayContaining(['BEGIN', 'SELECT risks', 'COMMIT']));
    if (sharedRedisUrl !== undefined) expect(inHandler).toContain('cache read');
  });

  it('shows that a hit asks Postgres for nothing in its handler', async () => {
    let caller = newCaller();
    const isHit = async (): Promise<boolean> => {
      caller = newCaller();
      const { headers } = await app.as('admin').get('/api/v1/risks?limit=8', { traceparent: caller.traceparent });
      return headers.get('x-cache') === 'HIT';
    };
    // A job may evict it just then.
    await until(isHit);
    const spans = await traceOf(caller.traceId);
    const request = spans.find(({ name }) => name === 'GET /api/v1/risks');
    expect(attributeOf(request, 'openrisk.cache')).toBe('HIT');
    expect(spans.filter(({ name }) => name.startsWith('SELECT'))).toEqual([]);
  });

  it('goes on behind the body of a request, and says what has failed', async () => {
    const { traceId, traceparent } = newCaller();
    await app.as('admin').post('/api/v1/risks', { title: 'Traced', probability: 1, impact: 1 }, { traceparent });
    const names = (await traceOf(traceId)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['POST /api/v1/risks', 'RiskController.createRisk', 'INSERT risks']));

    const refused = newCaller();
    await app.as('admin').get('/api/v1/risks/no-uuid', { traceparent: refused.traceparent });
    const handler = (await traceOf(refused.traceId)).find((span) => span.name === 'RiskController.getRisk');
    expect(attributeOf(handler, 'error.type')).toBe('request.invalid');
  });

  it('leaves what the caller does not record, and what balancers ask', async () => {
    const { traceId, traceparent } = newCaller();
    await app.as('admin').get('/api/v1/risks', { traceparent: traceparent.replace(/01$/, '00') });
    await app.anonymous().get('/health/ready', { traceparent });
    const later = newCaller();
    await app.as('admin').get('/api/v1/risks', { traceparent: later.traceparent });
    await traceOf(later.traceId);
    expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it('holds no text of a tenant, no parameter and no secret', async () => {
    const canary = `canary${randomBytes(6).toString('hex')}`;
    const { traceId, traceparent } = newCaller();
    const login = { email: 'admin@acme.test', password: testPassword };
    const { body } = await app.anonymous().post('/api/v1/auth/login', login, { traceparent, 'x-request-id': canary });
    const admin = app.as('admin');
    const { id } = await addRisk(admin, { title: canary, description: canary });
    await admin.get(`/api/v1/risks?q=${canary}`, { traceparent, 'user-agent': canary });
    await admin.get(`/api/v1/risks/${id}`, { traceparent });
    await admin.get(`/api/v1/risks/${canary}`, { traceparent });
    await admin.get(`/api/v1/${canary}`, { traceparent });
    await traceOf(traceId, 5);
    expect(collector.text()).toContain('SELECT risks');
    expect(collector.text()).not.toMatch(/\bWHERE\b|\$1/);
    const { accessToken, refreshToken } = body as { accessToken: string; refreshToken: string };
    const secrets = [canary, testPassword, login.email, accessToken, refreshToken, admin.token, id, app.acme.id];
    expect(secrets.filter((text) => text !== undefined && collector.text().includes(text))).toEqual([]);
  });

  it("names the trace and the request in every line of the log, the caller's or one of its own", async () => {
    const linesOf = async (headers: Record<string, string>): Promise<{ requestId?: string; traceId?: string }[]> => {
      const id = randomBytes(6).toString('hex');
      await app.as('admin').get('/api/v1/risks', { ...headers, 'x-request-id': id });
      const lines = (): string[] =>
        app
          .logs()
          .split('\n')
          .filter((line) => line.includes(id));
      await until(() => lines().some((line) => line.includes('"msg":"request"')));
      const parsed = lines().map((line) => JSON.parse(line) as { requestId?: string; traceId?: string });
      expect(parsed.filter(({ requestId }) => requestId !== id)).toEqual([]);
      return parsed;
    };
    const { traceId, traceparent } = newCaller();
    expect((await linesOf({ traceparent })).filter((line) => line.traceId !== traceId)).toEqual([]);
    const [own, ...others] = await linesOf({});
    expect((await traceOf(own?.traceId ?? '')).map(({ name }) => name)).toContain('GET /api/v1/risks');
    expect(others.filter((line) => line.traceId !== own?.traceId)).toEqual([]);
  });

  it('follows requests to the outside, and tells nobody there', async () => {
    const [key, { traceId, traceparent }] = [`key-${randomBytes(6).toString('hex')}`, newCaller()];
    const heard: unknown[] = [];
    source.answer = (request, response) => {
      heard.push(request.headers['x-key'], request.headers['traceparent'], request.headers['tracestate']);
      json({ findings: [], next: null })(request, response);
    };
    const path = '/api/v1/marketplace/apps';
    const configuration = { url: source.url, key };
    const { body } = await app.as('admin').post(path, { connectorId: connectorIdOf('acme-scanner'), configuration });
    const { body: tested } = await app.as('manager').post(`${path}/${body.id}/test`, undefined, { traceparent });
    expect([tested.ok, heard]).toEqual([true, [key, undefined, undefined]]);
    const spans = await traceOf(traceId);
    const outbound = spans.find(({ name }) => name === 'outbound GET');
    expect(spans.find(({ spanId }) => spanId === outbound?.parentSpanId)?.name).toMatch(/^AppController\./);
    expect([key, source.host].filter((text) => collector.text().includes(text))).toEqual([]);
  });

  it('makes a trace of each delivery of a webhook, and tells its receiver nothing of it', async () => {
    const path = `/hook-${randomBytes(6).toString('hex')}`;
    const { traceId, traceparent } = newCaller();
    await addWebhook(app.as('admin'), {
      ...{ url: `http://${receiver.address}${path}`, secret: webhookSecret() },
      eventTypes: ['risk.created'],
    });
    await app.as('admin').post('/api/v1/risks', { title: 'Told', probability: 1, impact: 1 }, { traceparent });
    await until(() => receiver.taken().length > 0, 30_000);
    const delivery = (): ReceivedSpan | undefined => collector.spans().find(({ name }) => name === 'webhook delivery');
    await until(() => delivery() !== undefined, 20_000);
    expect([delivery()?.kind, delivery()?.parentSpanId]).toEqual([CONSUMER, undefined]);
    expect(delivery()?.traceId).not.toBe(traceId);
    const steps = collector.spans().filter((span) => span.traceId === delivery()?.traceId);
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['outbound POST', 'BEGIN', 'COMMIT']));
    expect(Object.keys(receiver.taken()[0]?.headers ?? {})).not.toContain('traceparent');
    expect(collector.text()).not.toContain(path);
  });

  it('makes a trace of a background job, and not of looking for one', async () => {
    const title = `canary${randomBytes(6).toString('hex')}`;
    const file = `title,probability,impact\n${title},3,4\n`;
    const { traceId, traceparent } = newCaller();
    const headers = { 'content-type': 'text/csv', traceparent };
    expect((await app.as('admin').send('POST', '/api/v1/risks/import-jobs', file, headers)).status).toBe(202);
    const jobs = (): ReceivedSpan[] => collector.spans().filter(({ name }) => name === 'job risk.import');
    await until(() => jobs().length > 0, 30_000);
    const [job] = jobs();
    expect([job?.kind, job?.parentSpanId, job?.status.code]).toEqual([CONSUMER, undefined, 0]);
    expect(job?.traceId).not.toBe(traceId);
    const steps = collector.spans().filter((span) => span.traceId === job?.traceId);
    expect(steps.map(({ name }) => name)).toContain('INSERT risks');
    const origins = collector.spans().filter(({ parentSpanId }) => !parentSpanId);
    expect(origins.filter(({ kind }) => kind !== SERVER && kind !== CONSUMER)).toEqual([]);
    expect(collector.text()).not.toContain(title);
  });
});
