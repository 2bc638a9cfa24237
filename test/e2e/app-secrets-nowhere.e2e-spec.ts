import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Client } from 'pg';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import { withTestConnectors } from '../factories/app';
import { addRisk } from '../factories/risk';
import { installApp, synchronise } from '../factories/sync';
import { ApiClient, type ApiAnswer } from '../support/api-client';
import { dojoFinding } from '../support/dojo-source';
import { runProduct, type ProductProcess } from '../support/product-process';
import { sharedCache } from '../support/shared-cache';
import { openSource, type Answer, type SourceServer } from '../support/source-server';
import { createTestApp, testSecret, type TestApp } from '../support/test-app';
import { cachedTexts, spellingsOf, storedTexts } from '../support/traces';
import { until } from '../support/until';

jest.setTimeout(120_000);

const anyVersion = { 'if-match': '*' };
const apps = '/api/v1/marketplace/apps';

/** Remembers whatever it was answered. */
class ListeningClient extends ApiClient {
  readonly heard: string[] = [];

  override async send(...request: Parameters<ApiClient['send']>): Promise<ApiAnswer> {
    const answer = await super.send(...request);
    this.heard.push(`${request[0]} ${request[1]}\n${[...answer.headers].join('\n')}\n${answer.text}`);
    return answer;
  }
}

/** Without characters that any spelling changes. */
const core = (name: string): string => `${name}0canary0${randomBytes(12).toString('hex')}`;

describe('a secret of an app', () => {
  const cache = sharedCache();
  const [dojo, file, blabber] = [core('dojo'), core('file'), core('blabber')];
  const webhook = core('webhook').padEnd(44, 'A');
  const secrets = [dojo, file, blabber, webhook];
  let app: TestApp;
  let source: SourceServer;
  let server: ProductProcess;
  let admin: ListeningClient;
  let metricsUrl: string;
  const told: string[] = [];

  beforeAll(async () => {
    source = await openSource();
    app = await createTestApp({ env: { ...withTestConnectors, JOBS_ENABLED: 'false', CACHE_STORE: 'none' } });
    server = runProduct('start', ['--no-demo'], {
      ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, LOG_LEVEL: 'trace', LOG_REQUESTS: 'all' },
      ...{ DATABASE_URL: app.database.applicationUrl, DATABASE_OWNER_URL: app.database.ownerUrl, ...cache },
      ...{ ...withTestConnectors, OUTBOUND_ALLOWED_ADDRESSES: source.host, OUTBOUND_BREAKER_FAILURES: '1000' },
      ...{ JOBS_POLL_INTERVAL_MS: '50', SYNC_MAX_ATTEMPTS: '2', SYNC_RETRY_DELAY_MS: '1' },
    });
    const [, url = ''] = await server.untilPrinted(/API +(http:\S+)\/api\/v1/);
    [, metricsUrl = ''] = await server.untilPrinted(/Metrics +(\S+)/);
    admin = new ListeningClient(url, app.as('admin').token);
  });
  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended();
    await app.close();
    await source.close();
  });

  /** What it was told, as it was told, in headers, JSON and base64; and in what the status line says. */
  const repeat = (code: number, { headers }: IncomingMessage, response: ServerResponse, body?: object): void => {
    const { authorization = '' } = headers;
    told.push(authorization, JSON.stringify(headers));
    const encoded = Buffer.from(authorization).toString('base64');
    response.writeHead(code, `No, ${authorization}`, {
      ...{ 'content-type': `application/json; said=${encoded}`, 'x-said': authorization, location: `/?${encoded}` },
      ...{ 'www-authenticate': `Said ${authorization}`, 'set-cookie': `said=${encoded}` },
    });
    response.end(JSON.stringify(body ?? { detail: authorization, encoded, headers }));
  };
  const hostile: readonly Answer[] = [
    ...[400, 401, 302, 429, 500].map(
      (code): Answer =>
        (request, response) =>
          repeat(code, request, response),
    ),
    (request, response) => repeat(200, request, response),
    (request, response) => response.end(`<html>${request.headers.authorization}`),
    (request, response) => void response.socket?.end(`HTTP/1.1 ${request.headers.authorization}\r\n\r\n`),
    (request, response) => {
      const said = request.headers.authorization ?? '';
      const results = [
        dojoFinding(1, { title: said }),
        dojoFinding(2),
        dojoFinding(3, { [said]: said, severity: said }),
      ];
      repeat(200, request, response, { count: 3, next: null, results });
    },
  ];

  const put = (id: string, configuration: object): Promise<ApiAnswer> =>
    admin.send('PUT', `${apps}/${id}`, { name: 'As it is', configuration }, anyVersion);

  async function useDojo(): Promise<string> {
    const id = await installApp(admin, 'defectdojo', { url: source.url, token: `${dojo}/"+` });
    for (const answer of hostile) {
      source.answer = answer;
      await admin.post(`${apps}/${id}/test`);
      await synchronise(admin, id);
    }
    return id;
  }

  async function useFile(): Promise<string> {
    const id = await installApp(admin, 'file', { url: `${source.url}/a.csv`, authorization: `Bearer ${file}` });
    const answerWith =
      (fileOf: (said: string) => string): Answer =>
      ({ headers: { authorization = '' } }, response) => {
        told.push(authorization);
        response.end(fileOf(authorization.replace('Bearer ', '')));
      };
    source.answer = answerWith((said) => `externalId,title,probability,impact,${said}\nA,Fine,1,1,x\n`);
    await admin.post(`${apps}/${id}/test`);
    expect(await synchronise(admin, id)).toMatchObject({ status: 'FAILED', counts: { read: 0 } });
    source.answer = answerWith(
      (said) => `externalId,title,probability,impact\nA,Fine,1,1\nB,${said},1,1\n${said},T,${said},9\n`,
    );
    expect(await synchronise(admin, id)).toMatchObject({
      ...{ status: 'SUCCEEDED', counts: { read: 3, created: 1, failed: 2 } },
    });
    return id;
  }

  async function useBlabber(): Promise<string> {
    const configuration = { url: source.url, token: blabber };
    const id = await installApp(admin, 'blabber', configuration);
    for (const mode of ['throws', 'fails', 'rejects', 'checkpoint', 'records']) {
      await put(id, { ...configuration, mode });
      await admin.post(`${apps}/${id}/test`);
      const { status: end, counts } = await synchronise(admin, id);
      expect([mode, end, counts.created]).toEqual(mode === 'records' ? [mode, 'SUCCEEDED', 1] : [mode, 'FAILED', 0]);
    }
    return id;
  }

  async function useWebhook(): Promise<string> {
    source.answer = (request, response) => repeat(500, request, response);
    const configuration = { url: `${source.url}/hook`, secret: `whsec_${webhook}`, eventTypes: ['risk.created'] };
    const id = await installApp(admin, 'webhook', configuration);
    await admin.post(`${apps}/${id}/test`);
    const answer = await app.as('admin').post(`${apps}/${id}/webhook-secret/rotate`);
    const { secret } = answer.body as { secret: string };
    secrets.push(secret.slice('whsec_'.length));
    await addRisk(admin);
    await until(async () => {
      const [delivery] = (await admin.get(`${apps}/${id}/deliveries`)).body.items as { attempts: unknown[] }[];
      return (delivery?.attempts.length ?? 0) > 0;
    }, 30_000);
    return id;
  }

  /** Nothing of what is wrong with a request says more than where it is wrong. */
  async function sendNonsense(id: string): Promise<void> {
    const connectorId = connectorIdOf('webhook');
    const key = { 'idempotency-key': randomUUID() };
    const wrong: unknown[] = [
      { secret: `whsec_${webhook}!` },
      { secret: [webhook] },
      { url: webhook, token: dojo, secret: 1 },
    ];
    for (const given of wrong) {
      const configuration = { url: source.url, ...(given as object) };
      const answers = [await admin.post(apps, { connectorId, configuration }, key), await put(id, configuration)];
      expect(answers.every(({ status: code }) => code === 422)).toBe(true);
    }
    const half = `{"connectorId":"${connectorId}","configuration":{"secret":"${webhook}`;
    expect((await admin.send('POST', apps, half, { 'content-type': 'application/json' })).status).toBe(400);
    expect((await put(randomUUID(), { url: source.url, secret: `whsec_${webhook}` })).status).toBe(404);
  }

  async function lookEverywhere(ids: readonly string[]): Promise<void> {
    const ofApps = ids.flatMap((id) => ['', '/logs', '/runs', '/deliveries'].map((rest) => `${apps}/${id}${rest}`));
    const others = [
      '/risks?limit=100',
      '/risks/export?format=json',
      '/risks/export?format=csv',
      '/audit-logs?limit=100',
    ];
    const exports = ['/audit-logs/export', '/jobs?limit=100', '/admin/cache', '/marketplace/apps', '/stats'];
    const paths = [...ofApps, ...[...others, ...exports].map((path) => `/api/v1${path}`)];
    for (const path of [...paths, ...paths]) await admin.get(path);
  }

  it('is sealed in one column and nowhere else, whatever its receivers repeat and its connector says', async () => {
    const ids = [await useDojo(), await useFile(), await useBlabber(), await useWebhook()];
    await sendNonsense(String(ids.at(-1)));
    await lookEverywhere(ids);
    const sql = new Client({ connectionString: app.database.adminUrl });
    await sql.connect();
    const stored = await storedTexts(sql, ['app_secrets', 'sealed']);
    await sql.end();
    const url = cache['REDIS_URL'];
    const cached = url === undefined ? new Map([['', apps]]) : await cachedTexts(url, cache['CACHE_KEY_PREFIX'] ?? '');
    const metrics = await (await fetch(metricsUrl)).text();
    for (const id of ids) await admin.delete(`${apps}/${id}`, anyVersion);

    const places = new Map([...stored, ...cached, ['metrics', metrics], ['output', server.output()]]);
    for (const heard of admin.heard) places.set(`answer of ${heard.split('\n')[0]}`, heard);
    // Where nothing is found, at least something was looked at.
    expect(server.output().split('\n').length).toBeGreaterThan(100);
    for (const table of ['audit_log', 'connector_logs', 'sync_runs', 'risks', 'background_jobs', 'outbox_deliveries']) {
      expect(stored.get(table)).toContain(app.acme.id);
    }
    expect([...cached.values()].join()).toContain('marketplace');
    expect(secrets.map((secret) => told.join().includes(secret)).slice(0, 2)).toEqual([true, true]);

    const found = [...places].flatMap(([place, text]) =>
      secrets.filter((secret) => spellingsOf(secret).some((spelling) => text.includes(spelling))).map(() => place),
    );
    expect(found).toEqual([]);
  });
});
