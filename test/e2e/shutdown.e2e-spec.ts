import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ApiClient } from '../support/api-client';
import { runProduct } from '../support/product-process';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { createTestApp, testSecret } from '../support/test-app';
import { startTraceCollector, type TraceCollector } from '../support/trace-collector';
import { until } from '../support/until';

jest.setTimeout(90_000);

/** Under load, an exit is quick if nothing has to be waited for. */
const EXIT_MS = 5_000;

describeWithRedis('The product, told to end by SIGTERM', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let collector: TraceCollector;

  beforeAll(async () => {
    [database, redis, collector] = await Promise.all([createTestDatabase(), startRedis(), startTraceCollector()]);
  });
  afterAll(async () => {
    redis.thaw();
    await redis.stop();
    await database.drop();
    await collector.close();
  });

  it.each<[string, () => void | Promise<void>]>([
    ['alive', () => undefined],
    ['frozen', () => redis.freeze()],
    ['dead', () => redis.kill()],
  ])('exits cleanly and soon with Redis %s, and sends its last spans', async (_state, happen) => {
    const run = runProduct('start', ['--no-demo'], {
      PORT: '0',
      METRICS_PORT: '0',
      OPENRISK_SECRET: testSecret,
      DATABASE_URL: database.applicationUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      REDIS_URL: redis.url,
      CACHE_LEASED: 'risk',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // By themselves they would be sent after the test.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
    try {
      const [, url = ''] = await run.untilPrinted(/API +(http:\S+)\/api\/v1/);
      const ready = new ApiClient(url);
      await until(async () => (await ready.get('/health/ready')).body.cache.status === 'ok', 10_000);
      const traceId = randomBytes(16).toString('hex');
      const answer = await ready.get('/api/v1/risks', { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` });
      expect([answer.status, collector.text()]).toEqual([401, expect.not.stringContaining(traceId)]);
      await happen();
      const asked = performance.now();
      run.child.kill('SIGTERM');
      expect(await run.ended()).toBe(0);
      expect(performance.now() - asked).toBeLessThan(EXIT_MS);
      expect(collector.spans().map((span) => [span.traceId, span.name])).toContainEqual([traceId, 'GET /api/v1/risks']);
      expect(run.output()).not.toMatch(/unhandled|uncaught|ClientClosedError/i);
    } finally {
      run.child.kill('SIGKILL');
      redis.thaw();
    }
  });
});

describe('An application that is closed', () => {
  it('does not wait for connections that were opened in advance and never used', async () => {
    const app = await createTestApp({ env: { CACHE_STORE: 'none' } });
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    expect((await app.anonymous().get('/health/live')).status).toBe(200);
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(EXIT_MS);
  });
});
