import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { SyncRunResponse } from '../../../src/marketplace/sync/sync-run.dto';
import { installApp, runOf, startSync, synchronise } from '../../factories/sync';
import type { ApiClient } from '../../support/api-client';
import { selfSigned } from '../../support/certificate';
import { CertificateAuthority, type KeyAndCertificate } from '../../support/certificate-authority';
import { createTestDatabase } from '../../support/database';
import { dojoFindings, dojoPages } from '../../support/dojo-source';
import { openListener } from '../../support/listener';
import { runProduct, type ProductProcess } from '../../support/product-process';
import { json, openSource, status, type Answer, type SourceServer } from '../../support/source-server';
import { createTestApp, testSecret, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
const zeros = Buffer.alloc(MIB);
const ofWhatWorksOnRuns = {
  ...{ OUTBOUND_ALLOWED_ADDRESSES: '127.0.0.0/8', OUTBOUND_BREAKER_FAILURES: '1000', SYNC_MAX_ATTEMPTS: '1' },
  ...{ JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '50', CACHE_ENABLED: 'false' },
};

describe('a source that is hostile', () => {
  const authority = CertificateAuthority.found();
  let app: TestApp;
  let admin: ApiClient;
  let source: SourceServer;
  let server: ProductProcess;
  let feedId: string;
  const timers: NodeJS.Timeout[] = [];

  beforeAll(async () => {
    source = await openSource();
    const database = await createTestDatabase();
    server = runProduct('start', ['--no-demo'], {
      ...{ PORT: '0', METRICS_PORT: '0', OPENRISK_SECRET: testSecret, CACHE_STORE: 'none' },
      ...{ DATABASE_URL: database.applicationUrl, DATABASE_OWNER_URL: database.ownerUrl, ...ofWhatWorksOnRuns },
      ...(authority ? { NODE_EXTRA_CA_CERTS: authority.path } : {}),
    });
    app = await createTestApp({ database, env: { JOBS_ENABLED: 'false', CACHE_ENABLED: 'false' } });
    admin = app.as('admin');
    await server.untilPrinted(/OpenRisk is running/);
    feedId = await installApp(admin, 'cisa-kev', { url: source.url });
  });
  afterAll(async () => {
    server.child.kill('SIGKILL');
    await server.ended();
    await app.close();
    await source.close();
    authority?.forget();
  });
  beforeEach(() => (source.asked.length = 0));
  afterEach(() => timers.forEach(clearInterval));

  const fetchFrom = async (url: string): Promise<SyncRunResponse> => {
    const changed = await admin.send(
      ...(['PUT', `/api/v1/marketplace/apps/${feedId}`, { name: 'Feed', configuration: { url } }] as const),
      { 'if-match': '*' },
    );
    expect(changed.status).toBe(200);
    return synchronise(admin, feedId);
  };
  /** How much the process that works on runs has ever held. */
  const mostBytesHeld = (): number => {
    const text = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1]) * 1024;
  };
  const withTls = async ({ key, cert }: KeyAndCertificate): Promise<SyncRunResponse> => {
    const secure = createServer({ key, cert }, (request, response) => {
      source.asked.push(request.url ?? '');
      json({ catalogVersion: '1', vulnerabilities: [] })(request, response);
    });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const run = await fetchFrom(`https://127.0.0.1:${(secure.address() as AddressInfo).port}`);
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
    return run;
  };
  const endless = (sent: { bytes: number }, headers: Readonly<Record<string, string>>, part: Buffer): Answer => {
    return (_request, response) => {
      response.writeHead(200, headers);
      const send = (): void => {
        while (!response.destroyed && sent.bytes < 10_000 * MIB && response.write(part)) sent.bytes += part.length;
      };
      response.on('drain', send);
      send();
    };
  };

  const oneByteASecond: Answer = (_request, response) => {
    timers.push(setInterval(() => response.write('x'), 1_000).unref());
  };

  it('that sends a byte a second holds up nobody else', async () => {
    source.answer = oneByteASecond;
    const appId = await installApp(admin, 'file', { url: `${source.url}/slow.csv` });
    const slow = await startSync(admin, appId);
    await until(() => source.asked.length > 0, 30_000);
    source.answer = dojoPages(dojoFindings(300));
    const stranger = app.as('admin', app.globex);
    const other = await installApp(stranger, 'defectdojo', { url: source.url, token: 'secret-token' });
    expect(await synchronise(stranger, other)).toMatchObject({ status: 'SUCCEEDED', counts: { created: 300 } });
    expect(await runOf(admin, appId, slow)).toMatchObject({ status: 'RUNNING' });
  });

  it.each<[string, Readonly<Record<string, string>>, Buffer, RegExp]>([
    ['10 GB', {}, zeros, /answers with more( than \d+)? bytes/],
    ['10 GB, as it says before', { 'content-length': String(10_000 * MIB) }, zeros, /more than \d+ bytes/],
    ['10 GB that were 10 MB', { 'content-encoding': 'gzip' }, gzipSync(zeros), /with more( than \d+)? bytes/],
  ])('that answers with %s is cut off, and never held in memory', async (_what, headers, part, reason) => {
    const before = mostBytesHeld();
    const sent = { bytes: 0 };
    source.answer = endless(sent, headers, part);
    expect(await fetchFrom(source.url)).toMatchObject({ status: 'FAILED', error: expect.stringMatching(reason) });
    expect(sent.bytes).toBeLessThan(200 * MIB);
    expect(mostBytesHeld() - before).toBeLessThan(500 * MIB);
  });

  it('that redirects to a private address, or to itself without end, is not followed', async () => {
    const listener = await openListener();
    for (const location of [`http://127.0.0.1:${listener.port}/`, '/again']) {
      source.answer = status(302, { location });
      expect(await fetchFrom(source.url)).toMatchObject({
        status: 'FAILED',
        error: expect.stringContaining('redirects'),
      });
    }
    expect([source.asked.length, listener.connections()]).toEqual([2, 0]);
    await listener.close();
  });

  (authority ? it : it.skip)('whose certificate nobody can trust is told nothing', async () => {
    if (!authority) return;
    // One that can be trusted is read: there is nothing in it.
    expect((await withTls(authority.sign('IP:127.0.0.1', 1))).error).toContain('no data rows');
    expect(source.asked).toHaveLength(1);
    const others: [string, KeyAndCertificate | undefined][] = [
      ['CERT_HAS_EXPIRED', authority.sign('IP:127.0.0.1', -1)],
      ['ERR_TLS_CERT_ALTNAME_INVALID', authority.sign('DNS:other.example.org', 1)],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', selfSigned('127.0.0.1')],
    ];
    for (const [code, certificate] of others) {
      if (!certificate) throw new Error('There was an openssl');
      expect(await withTls(certificate)).toMatchObject({ status: 'FAILED', error: expect.stringContaining(code) });
    }
    expect(source.asked).toHaveLength(1);
  });

  it('that sends a byte a second has failed when its time is over', async () => {
    server.child.kill('SIGKILL');
    await server.ended();
    const impatient = await createTestApp({
      env: { ...ofWhatWorksOnRuns, SYNC_MAX_DURATION_SECONDS: '1' },
      sharing: app,
    });
    source.answer = oneByteASecond;
    expect(await fetchFrom(source.url)).toMatchObject({ status: 'FAILED', error: 'It took longer than 1 seconds.' });
    await impatient.close();
  });
});
