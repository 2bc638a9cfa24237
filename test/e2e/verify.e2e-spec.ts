import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { runProduct, type ProductProcess } from '../support/product-process';
import { createTestApp, testPassword, testSecret, type TestApp } from '../support/test-app';

jest.setTimeout(120_000);

describe('npm run verify', () => {
  let app: TestApp;
  let running: ProductProcess;
  let url: string;
  let metricsUrl: string;
  const servers: Server[] = [];

  beforeAll(async () => {
    app = await createTestApp({ env: { CACHE_ENABLED: 'false' } });
    running = runProduct('start', ['--no-demo'], {
      PORT: '0',
      METRICS_PORT: '0',
      OPENRISK_SECRET: testSecret,
      DATABASE_URL: app.database.applicationUrl,
      DATABASE_OWNER_URL: app.database.ownerUrl,
    });
    [, url = ''] = await running.untilPrinted(/API +(http:\S+)\/api\/v1/);
    [, metricsUrl = ''] = await running.untilPrinted(/Metrics +(\S+)/);
  });
  afterAll(async () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    running.child.kill('SIGTERM');
    await running.ended();
    await app.close();
  });
  afterEach(async () => {
    expect(await assetsOf(app)).toBe(0);
  });

  const start = (args: readonly string[], password = testPassword): ProductProcess =>
    runProduct('verify', ['--email', 'admin@acme.test', ...args], { OPENRISK_PASSWORD: password });

  async function verify(args: readonly string[], password?: string): Promise<{ code: number | null; output: string }> {
    const product = start(args, password);
    return { code: await product.ended(), output: product.output() };
  }

  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Passes on what it is asked, after `change` has had a look at the headers and may have changed them. */
  const inFront = (change: (headers: Record<string, string>, request: IncomingMessage) => void): Promise<string> =>
    listen((request, reply) => {
      const passedOn = ['authorization', 'content-type', 'if-match'].flatMap((name) => {
        const value = request.headers[name];
        return value === undefined ? [] : [[name, String(value)]];
      });
      const headers = Object.fromEntries(passedOn) as Record<string, string>;
      change(headers, request);
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
        const answer = await fetch(url + (request.url ?? ''), { method: request.method ?? 'GET', headers, ...body });
        reply.writeHead(answer.status, Object.fromEntries(answer.headers));
        reply.end(await answer.text());
      })();
    });

  const failedIn = (output: string): string[] =>
    [...output.matchAll(/^(.+?) +FAILED /gm)].map(([, name = '']) => name.trim());

  it('finds a deployment well, tells what it has seen, and leaves nothing behind', async () => {
    const stranger = ['--other-email', 'viewer@globex.test'];
    const prometheus = await listen(prometheusWith({ rules: [alert('Watchdog', 'firing'), alert('ApiDown')] }));
    const args = ['--url', url, '--metrics-url', metricsUrl, ...stranger, '--prometheus-url', prometheus];
    const { output } = await verify(args);
    // Rules that are shipped later are not those of this Prometheus.
    expect(failedIn(output).filter((name) => name !== 'alerts loaded')).toEqual([]);
    expect(output).toMatch(/^cached read +ok +\d+ +MISS, then HIT with the same \d+ bytes$/m);
    expect(output).toMatch(/^tenants are apart +ok /m);
    expect(output).toMatch(/^nothing is left behind +ok +\d+ +1 removed$/m);
    expect(output).toMatch(/^everything is scraped +ok +\d+ +openrisk$/m);
  });

  it('ends with 0 when all that was asked for is well', async () => {
    expect(await verify(['--url', url])).toMatchObject({ code: 0 });
  });

  it('ends with 2 without a cache, metrics or alerts', async () => {
    const prometheus = await listen(prometheusWith({ rules: [], health: 'down', alertmanagers: [] }));
    const args = ['--url', app.url, '--metrics-url', `${url}/metrics`, '--prometheus-url', prometheus];
    const { code, output } = await verify(args);
    expect(code).toBe(2);
    expect(failedIn(output)).toEqual([
      `metrics of ${new URL(url).host}`,
      'cached read',
      'alerts loaded',
      'everything is scraped',
      'alerts go somewhere',
    ]);
  });

  it('ends with 2 with a wrong password, in the words of the server', async () => {
    const { code, output } = await verify(['--url', url], 'wrong password');
    expect(code).toBe(2);
    expect(failedIn(output)).toEqual(['log in as admin@acme.test']);
    expect(output).not.toContain('wrong password');
  });

  it('ends with 2 where everybody passes for the first who has come', async () => {
    let first: string | undefined;
    const proxy = await inFront((headers, request) => {
      if (!request.url?.includes('/auth/')) headers['authorization'] = first ??= headers['authorization'] ?? '';
    });
    // Who asks first is nobody, who is let in nowhere, unless somebody has been there before.
    await fetch(`${proxy}/api/v1/risks`, { headers: { authorization: `Bearer ${app.as('admin').token ?? ''}` } });
    const { code, output } = await verify(['--url', proxy, '--other-email', 'admin@globex.test']);
    expect(code).toBe(2);
    expect(failedIn(output)).toEqual(['no way in without a token', 'tenants are apart']);
  });

  it('removes what it has added also when it is interrupted', async () => {
    const proxy = await inFront((_headers, { method, url }) => {
      if (method === 'POST' && url === '/api/v1/assets') product.child.kill('SIGTERM');
    });
    const product = start(['--url', proxy]);
    expect(await product.ended()).toBe(2);
    expect(product.output()).toMatch(/^nothing is left behind +ok +\d+ +1 removed$/m);
  });

  it.each([
    [['--help'], 0, /^Usage: npm run verify/m],
    [['--url', 'nowhere'], 1, /^nowhere is not a URL\.$/m],
    [['--unknown'], 1, /--unknown/],
    [['--url', 'http://127.0.0.1:1'], 2, /^health\/live +FAILED +\d+ +Nothing answers at /m],
  ])('answers %j with exit code %d', async (args, expected, told) => {
    const { code, output } = await verify(args);
    expect({ code, output }).toEqual({ code: expected, output: expect.stringMatching(told) });
  });
});

const alert = (name: string, state = 'inactive') => ({ name, state, type: 'alerting', health: 'ok' });

/** What the API of a Prometheus tells. */
function prometheusWith({
  rules,
  health = 'up',
  alertmanagers = ['http://127.0.0.1:9093/api/v2/alerts'],
}: {
  readonly rules: readonly object[];
  readonly health?: string;
  readonly alertmanagers?: readonly string[];
}): RequestListener {
  const target = { labels: { job: 'openrisk' }, scrapeUrl: 'http://127.0.0.1:9464/metrics', health, lastError: 'away' };
  const answers: Readonly<Record<string, object>> = {
    '/api/v1/rules': { groups: [{ rules }] },
    '/api/v1/targets?state=active': { activeTargets: [target] },
    '/api/v1/alertmanagers': { activeAlertmanagers: alertmanagers.map((url) => ({ url })) },
  };
  return (request, reply) => {
    const data = answers[request.url ?? ''];
    reply.writeHead(data ? 200 : 404).end(JSON.stringify({ status: 'success', data }));
  };
}

async function assetsOf({ database }: TestApp): Promise<number> {
  const admin = new Client({ connectionString: database.adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ count: number }>('SELECT count(*)::int AS count FROM assets');
    return rows[0]?.count ?? -1;
  } finally {
    await admin.end();
  }
}
