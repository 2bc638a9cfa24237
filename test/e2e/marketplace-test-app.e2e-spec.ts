import { connectorIdOf } from '../../src/marketplace/connector-id';
import { withTestConnectors } from '../factories/app';
import type { ApiAnswer } from '../support/api-client';
import { json, openSource, status, type SourceServer } from '../support/source-server';
import { createTestApp, type TestApp } from '../support/test-app';

const key = 'key-canary-0815';

describe('an app is tested against its target', () => {
  let app: TestApp;
  let source: SourceServer;
  let forbidden: SourceServer;
  let keys: unknown[] = [];
  beforeAll(async () => {
    [source, forbidden] = [await openSource(), await openSource()];
    const allowed = new URL(source.url).host;
    app = await createTestApp({ env: { ...withTestConnectors, OUTBOUND_ALLOWED_ADDRESSES: allowed } });
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([source.close(), forbidden.close()]);
  });
  beforeEach(() => {
    keys = [];
    source.answer = (request, response) => {
      keys.push(request.headers['x-key']);
      json({ findings: [], next: null })(request, response);
    };
  });

  const path = '/api/v1/marketplace/apps';
  async function test(url: string): Promise<ApiAnswer> {
    const connectorId = connectorIdOf('acme-scanner');
    const { body } = await app.as('admin').post(path, { connectorId, configuration: { url, key } });
    const answer = await app.as('manager').post(`${path}/${body.id}/test`);
    await app.as('admin').delete(`${path}/${body.id}`, { 'if-match': '*' });
    return answer;
  }

  it('which gets the secret that was sealed', async () => {
    const { status: code, body } = await test(source.url);
    expect([code, body]).toEqual([200, { ok: true, checks: [{ name: 'The findings can be read', ok: true }] }]);
    expect(keys).toEqual([key]);
  });

  it('and a failure is told as one, without what the target has repeated of the secret', async () => {
    source.answer = status(401, { 'x-echo': key });
    const refused = await test(source.url);
    expect([refused.status, refused.body.ok, refused.body.checks.length]).toEqual([200, false, 1]);
    source.answer = (_request, response) => response.end(`<html>${key}`);
    const nonsense = await test(`${source.url}/${key}`);
    expect(nonsense.body.checks).toEqual([
      expect.objectContaining({ ok: false, error: expect.stringMatching(/\[secret\].* did not answer in JSON/) }),
    ]);
    expect(refused.text + nonsense.text + app.logs()).not.toContain(key);
  });

  it('unless nobody may reach that: nothing is sent there', async () => {
    const { status: code, body } = await test(forbidden.url);
    expect([code, body.ok]).toEqual([200, false]);
    expect(forbidden.asked).toEqual([]);
  });
});
