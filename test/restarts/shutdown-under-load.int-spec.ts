import { freePort } from '../support/free-port';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { runProduct, type ProductProcess } from '../support/product-process';
import { createTestApp, testSecret, type TestApp } from '../support/test-app';
import { until } from '../support/until';
import { KeptConnections } from './kept-connections';
import { Load } from './load';
import { RoundRobin } from './round-robin';

const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
const PER_SECOND = Number(process.env['RATE'] ?? 20);
const SETTLED = 40;
/** Of somebody who waits for a process to boot, on a machine that does much else. */
const PATIENCE_MS = 120_000;

jest.setTimeout(PATIENCE_MS * (4 + ROUNDS));

describeWithRedis('Under load, over kept connections', () => {
  let app: TestApp;
  let redis: TestRedis;
  let assetPaths: string[];
  const processes = new Set<ProductProcess>();

  beforeAll(async () => {
    redis = await startRedis();
    app = await createTestApp({ env: { REDIS_URL: redis.url, CACHE_KEY_PREFIX: 'restarts' } });
    const client = app.as('admin');
    const added = Array.from({ length: 10 }, (_, index) =>
      client.post('/api/v1/assets', { name: `Machine ${index}`, type: 'Machine' }),
    );
    assetPaths = (await Promise.all(added)).map(({ body }) => `/api/v1/assets/${body.id as string}`);
  });
  afterAll(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    await app.close();
    await redis.stop();
  });

  async function start(port: number): Promise<{ url: string; end(): Promise<number | null> }> {
    const run = runProduct('start', ['--no-demo'], {
      PORT: String(port),
      METRICS_PORT: '0',
      OPENRISK_SECRET: testSecret,
      DATABASE_URL: app.database.applicationUrl,
      REDIS_URL: redis.url,
      CACHE_KEY_PREFIX: 'restarts',
      RATE_LIMIT_ENABLED: 'false',
      DB_ACQUIRE_TIMEOUT_MS: '5000',
      // Who is alone in missing Redis defers evictions; a busy machine must not look like that.
      CACHE_DEADLINE_MS: '5000',
      HTTP_SHUTDOWN_GRACE_MS: '5000',
      // What is promised is that requests end within it, not how quick a busy machine is.
      HTTP_SHUTDOWN_TIMEOUT_MS: '60000',
    });
    processes.add(run);
    const [, url = ''] = await run.untilPrinted(/API +(http:\S+)\/api\/v1/, PATIENCE_MS);
    const end = async (): Promise<number | null> => {
      run.child.kill('SIGTERM');
      const code = await run.ended();
      processes.delete(run);
      return code;
    };
    return { url, end };
  }

  /** Reads, and now and then a write that the next read has to show; whoever answers it. */
  function loadOn(client: KeptConnections): Load {
    const shown = async (method: string, path: string, body?: object): Promise<{ version: number }> => {
      const { status, text } = await client.ask(method, path, body);
      if (status !== 200) throw new Error(`${method} ${path} was answered ${status}: ${text}`);
      return JSON.parse(text) as { version: number };
    };
    return new Load(PER_SECOND, async (index) => {
      const path = assetPaths[index % assetPaths.length] ?? '';
      if (index % 7 > 0) {
        await shown('GET', index % 2 > 0 ? path : '/api/v1/risks?limit=5');
        return;
      }
      const { version } = await shown('PATCH', path, { type: `Machine of ${index}` });
      const read = await shown('GET', path);
      if (read.version < version) throw new Error(`${path} was read as ${read.version} after ${version} was written`);
    });
  }

  it('a process that is told to end answers all that it has taken', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const served = await start(0);
      const client = new KeptConnections(served.url, app.as('admin').token);
      const load = loadOn(client);
      try {
        await until(() => load.done >= SETTLED, PATIENCE_MS);
        const ended = served.end();
        // As long as it says that it is ready somebody may ask it, also over a new connection.
        await until(async () => (await client.ask('GET', '/health/ready')).status === 503, PATIENCE_MS);
        await load.stop();
        expect(load.failures).toEqual([]);
        expect(await ended).toBe(0);
      } finally {
        await load.stop();
        client.close();
      }
    }
  });

  it('three processes behind a balancer are replaced one after another, and nobody sees it', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const running = await Promise.all(ports.map(start));
    const proxy = await RoundRobin.inFrontOf(ports);
    const client = new KeptConnections(proxy.url, app.as('admin').token);
    await until(() => ports.every((port) => proxy.isReady(port)), PATIENCE_MS);
    const load = loadOn(client);
    try {
      await until(() => load.done >= SETTLED, PATIENCE_MS);
      for (const [index, served] of running.entries()) {
        expect(await served.end()).toBe(0);
        const port = ports[index] ?? 0;
        running[index] = await start(port);
        await until(() => proxy.isReady(port), PATIENCE_MS);
      }
      await load.stop();
      expect(load.failures).toEqual([]);
    } finally {
      await load.stop();
      client.close();
      proxy.close();
    }
    await Promise.all(running.map((served) => served.end()));
  });
});
