import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listenForMetrics } from '../../src/metrics/metrics-listener';
import { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

describe('metrics', () => {
  let test: TestApp;
  let listener: NestFastifyApplication;
  beforeAll(async () => {
    test = await createTestApp();
    listener = await listenForMetrics('127.0.0.1', 0);
  });
  afterAll(async () => {
    await listener.close();
    await test.close();
  });

  const scrape = async (): Promise<string> => (await new ApiClient(await listener.getUrl()).get('/metrics')).text;

  it('count every response, also those that no handler saw, under the template of their route', async () => {
    const viewer = test.as('viewer');
    await viewer.get('/api/v1/risks');
    await viewer.get('/api/v1/risks/01890a5d-ac96-774b-bcce-b302099a8057');
    await viewer.post('/api/v1/risks', { title: 'no' });
    await test.anonymous().get('/api/v1/risks');
    await test.anonymous().get('/nowhere/at/all');
    const lines = await scrape();
    const count = (method: string, route: string, status: number): string =>
      `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"} `;
    expect(lines).toContain(count('GET', '/api/v1/risks', 200));
    expect(lines).toContain(count('GET', '/api/v1/risks', 401));
    expect(lines).toContain(count('GET', '/api/v1/risks/:id', 404));
    expect(lines).toContain(count('POST', '/api/v1/risks', 403));
    expect(lines).toContain(count('GET', 'unmatched', 404));
    expect(lines).not.toContain('01890a5d');
  });

  it('tell errors from the rest from zero on, so that rate() sees the first one, and leave out probes', async () => {
    const count = async (statusClass: string): Promise<number> =>
      Number(
        new RegExp(`^openrisk_http_responses_total\\{status_class="${statusClass}"\\} (\\d+)$`, 'm').exec(
          await scrape(),
        )?.[1],
      );
    const before = { good: await count('2xx'), refused: await count('4xx') };
    await test.as('viewer').get('/api/v1/risks');
    await test.anonymous().get('/health/live');
    await test.anonymous().get('/nowhere/at/all');
    expect(await count('2xx')).toBe(before.good + 1);
    expect(await count('4xx')).toBe(before.refused + 1);
    expect(await count('5xx')).toBe(0);
  });

  it('show what the registers of all tenants hold, and no tenant', async () => {
    let lines = '';
    await until(async () => {
      lines = await scrape();
      return lines.includes('\nopenrisk_tenants ');
    }, 20_000);
    expect(lines).toMatch(/^openrisk_tenants 2$/m);
    expect(lines).toMatch(/^openrisk_risks\{severity="CRITICAL",status="REOPENED"\} 0$/m);
    expect(lines).not.toContain(test.acme.id);
    expect(lines).not.toContain(test.acme.slug);
  });

  it('time what handlers do, and tell a failed one', async () => {
    const lines = await scrape();
    expect(lines).toContain('openrisk_handler_duration_seconds_count{handler="listRisks",outcome="ok"}');
    expect(lines).toContain('openrisk_handler_duration_seconds_count{handler="getRisk",outcome="error"}');
  });

  it('tell hits from misses per cache, and show the connection pool', async () => {
    const before = await scrape();
    await test.as('viewer').get('/api/v1/risks?limit=33');
    await test.as('viewer').get('/api/v1/risks?limit=33');
    const after = await scrape();
    for (const outcome of ['hit', 'miss']) {
      const grown = sum(after, 'risk', outcome) - sum(before, 'risk', outcome);
      expect(grown).toBeGreaterThan(0);
    }
    expect(after).toMatch(/^openrisk_db_pool_max_connections 10$/m);
    expect(after).toMatch(/^openrisk_db_pool_open_connections [1-9]\d*$/m);
    expect(after).toMatch(/^openrisk_db_pool_timeouts_total 0$/m);
  });

  it('count what each rate limit refuses, from zero on', async () => {
    const lines = await scrape();
    for (const limit of ['address', 'user', 'tenant', 'login-address', 'login-account']) {
      expect(lines).toMatch(new RegExp(`^openrisk_rate_limited_total\\{limit="${limit}"\\} \\d+$`, 'm'));
    }
  });

  it('are not served by the API', async () => {
    for (const path of ['/metrics', '/api/v1/metrics']) {
      expect((await test.as('admin').get(path)).status).toBe(404);
    }
  });
});

function sum(metrics: string, cache: string, outcome: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`openrisk_cache_requests_total{cache="${cache}"`));
  return lines
    .filter((line) => line.includes(`outcome="${outcome}"`))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
