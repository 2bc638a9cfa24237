import { createTestApp, type TestApp } from '../support/test-app';
import type { ApiClient, ApiHeaders } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { sendRaw } from '../support/raw-http';
import { addRisk, ifVersion } from '../factories/risk';
import {
  acceptableBodies,
  malformedBodies,
  unreadableBodies,
  unwantedBodies,
  wronglyTypedBodies,
} from './hostile/bodies';
import { badQueries, wordyQueries } from './hostile/queries';
import { methodsThatNothingAnswers, rawRequests } from './hostile/sockets';

const risks = '/api/v1/risks';
const json = { 'content-type': 'application/json' };

describe('hostile input', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let riskId: string;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    for (let index = 0; index < 3; index++) riskId = (await addRisk(analyst, { impact: 3 })).id;
    await addRisk(app.as('analyst', app.globex));
    await addRisk(app.as('analyst', app.globex));
  });
  afterEach(async () => {
    expect((await app.anonymous().get('/health/live')).status).toBe(200);
  });
  afterAll(async () => {
    const failures = app.logs().match(/^.*"level":"(error|fatal)".*$/gm) ?? [];
    await app.close();
    expect(failures).toEqual([]);
  });

  describe('in bodies', () => {
    const refused = [...malformedBodies, ...unwantedBodies, ...unreadableBodies, ...wronglyTypedBodies];
    for (const [what, body, status, headers] of refused) {
      it(`refuses ${what}`, async () => {
        const startedAt = performance.now();
        const answer = await analyst.send('POST', risks, body, { ...json, ...headers });
        expectProblem(answer, status);
        expect(performance.now() - startedAt).toBeLessThan(1_000);
      });
    }

    for (const [what, body, status, headers] of acceptableBodies) {
      it(`takes ${what}`, async () => {
        expect(await analyst.send('POST', risks, body, { ...json, ...headers })).toMatchObject({ status });
      });
    }

    it('keeps nothing of what it refused', async () => {
      const { body } = await analyst.get(`${risks}?limit=200&total=true`);
      expect(body.total).toBe(3 + acceptableBodies.length);
      expect(({} as { admin?: unknown }).admin).toBeUndefined();
    });

    it('refuses a body where none is read', async () => {
      const restore = `${risks}/${riskId}/restore`;
      expectProblem(await app.as('admin').post(restore, { force: true }), 422);
      expectProblem(await app.as('admin').post(restore), 409);
    });

    it.each([
      '{"op":"create","risk":[]}',
      '[{"op":"delete"}]',
      '{"op":"constructor"}',
      '{"op":["create"]}',
      'null',
      '1',
    ])('refuses %s among the operations of a bulk request', async (operation) => {
      expectProblem(await analyst.send('POST', `${risks}/bulk`, `{"operations":[${operation}]}`, json), 422);
    });
  });

  describe('in queries', () => {
    it.each(badQueries)('refuses ?%s', async (query) => {
      expectProblem(await analyst.get(`${risks}?${query}`), 400);
    });

    it.each(wordyQueries)('takes ?%s for words', async (query) => {
      const { status, body } = await analyst.get(`${risks}?${query}`);
      expect({ status, items: body.items }).toEqual({ status: 200, items: expect.any(Array) });
    });

    it('refuses a query where none is read', async () => {
      expectProblem(await analyst.get(`${risks}/${riskId}?fields=title`), 400);
      expectProblem(await app.anonymous().get('/health/live?x=1'), 400);
    });

    it('refuses a cursor that was changed anywhere', async () => {
      const cursor = await nextCursor(analyst);
      for (let position = 0; position < cursor.length; position++) {
        const other = cursor[position] === 'A' ? 'B' : 'A';
        const changed = cursor.slice(0, position) + other + cursor.slice(position + 1);
        expectProblem(await analyst.get(`${risks}?limit=1&cursor=${changed}`), 400);
      }
      for (const changed of [`${cursor}A`, `${cursor}=`, cursor.slice(1), cursor.slice(0, -1), cursor + cursor]) {
        expectProblem(await analyst.get(`${risks}?limit=1&cursor=${changed}`), 400);
      }
    });

    it('refuses the cursor of another list', async () => {
      const cursor = await nextCursor(analyst);
      const foreign = await nextCursor(app.as('analyst', app.globex));
      expect((await analyst.get(`${risks}?limit=2&cursor=${cursor}`)).status).toBe(200);
      const attempts = [`cursor=${foreign}`, `sort=title&cursor=${cursor}`, `severity=LOW&cursor=${cursor}`];
      for (const attempt of attempts) expectProblem(await analyst.get(`${risks}?limit=1&${attempt}`), 400);
      expectProblem(await app.as('analyst', app.globex).get(`${risks}?limit=1&cursor=${cursor}`), 400);
    });
  });

  describe('in paths', () => {
    it.each([
      ['A'.repeat(36), 400],
      ['01890A5D-AC96-774B-BCCE-B302099A8057', 400],
      ['%7B01890a5d-ac96-774b-bcce-b302099a8057%7D', 400],
      ['01890a5dac96774bbcceb302099a8057', 400],
      ['01890a5d-ac96-774b-bcce-b302099a805', 400],
      ['01890a5d-ac96-774b-bcce-b302099a8057%00', 400],
      ['%20', 400],
      ["1'%20OR%20'1'='1", 400],
      ['..%2f..%2f', 400],
      ['%ff', 400],
      ['__proto__', 400],
      ['undefined', 400],
      ['x'.repeat(201), 414],
      ['x'.repeat(201) + '/history', 414],
      ['01890a5d-ac96-774b-bcce-b302099a8057/', 404],
      ['01890a5d-ac96-774b-bcce-b302099a8057;a=b', 400],
      ['01890a5d-ac96-774b-bcce-b302099a8057/nothing', 404],
    ])('refuses the id %s', async (id, status) => {
      expectProblem(await analyst.get(`${risks}/${id}`), status);
    });

    it.each(['/API/v1/risks', '/api/v1/risks/', '//api/v1/risks', '/api/v2/risks', '/api/v1', '/admin', '/.env'])(
      'knows no %s',
      async (path) => {
        expectProblem(await analyst.get(path), 404);
      },
    );

    it.each(methodsThatNothingAnswers)('answers %s with 405 and what it does answer', async (method) => {
      const lines = `Host: x\r\nConnection: close\r\nAuthorization: Bearer ${analyst.token}\r\n\r\n`;
      for (const [path, allow] of [
        ['/api/v1/risks', 'GET, HEAD, POST'],
        [`/api/v1/risks/${riskId}`, 'DELETE, GET, HEAD, PATCH'],
        ['/api/v1/auth/login', 'POST'],
        ['/health/live', 'GET, HEAD'],
      ] as const) {
        const answer = await sendRaw(app.url, `${method} ${path} HTTP/1.1\r\n${lines}`);
        expectProblem(answer, 405);
        expect(answer.headers.get('allow')).toBe(allow);
      }
    });
  });

  describe('in headers', () => {
    it.each([
      [undefined, 428],
      ['', 428],
      ['v1', 400],
      ['"v1', 400],
      ['v1"', 400],
      ['"v1" "v2"', 400],
      ['"v1", x', 400],
      ['*, "v1"', 400],
      ['"v1"; DROP TABLE risks', 400],
      [`"${'a'.repeat(2_000)}"`, 400],
      ['W/"v1"', 412],
      ['"v2"', 412],
      ['"V1"', 412],
      ['"v01a"', 412],
      ['"v99999999999999"', 412],
      ['"1"', 412],
      ['""', 412],
    ])('answers If-Match: %s', async (tag, status) => {
      const headers: ApiHeaders = tag === undefined ? {} : { 'if-match': tag };
      expectProblem(await analyst.patch(`${risks}/${riskId}`, { category: 'changed' }, headers), status);
    });

    it('takes one good tag among others', async () => {
      const path = `${risks}/${(await addRisk(analyst)).id}`;
      const answer = await analyst.patch(path, { category: 'a' }, { 'if-match': 'W/"v1", "v7" ,"v1-x"' });
      expect(answer.status).toBe(200);
    });

    it.each(['a b', '<script>', 'a'.repeat(129), "'; --", '{}', 'a,b', '%0d%0aSet-Cookie:x', '${jndi:ldap://x}', 'ä'])(
      'makes a request id of its own instead of %s',
      async (offered) => {
        const problem = expectProblem(await analyst.get(`${risks}/x`, { 'x-request-id': offered }), 400);
        expect(problem['requestId']).toMatch(/^[\da-f]{8}-/);
      },
    );

    it('keeps a harmless request id', async () => {
      const problem = expectProblem(await analyst.get(`${risks}/x`, { 'x-request-id': 'Trace.1:a_b-c' }), 400);
      expect(problem['requestId']).toBe('Trace.1:a_b-c');
    });

    it.each([
      ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
      ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
      ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', false],
      ['00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01', false],
      ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331', false],
      ['<script>', false],
    ])('passes traceparent %s on: %s', async (traceparent, isPassed) => {
      const { headers } = await analyst.get(risks, { traceparent });
      expect(headers.get('traceparent')).toBe(isPassed ? traceparent : null);
    });

    it.each<ApiHeaders>([
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
      { 'x-original-url': '/api/v1/auth/me', 'x-rewrite-url': '/api/v1/auth/me' },
      { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-http-method': 'DELETE' },
      { 'x-tenant-id': '00000000-0000-4000-8000-000000000000', tenant: 'globex', 'x-user-id': 'admin' },
      { 'accept-version': '99', accept: 'application/xml', 'accept-encoding': 'gzip;q=nonsense' },
      { range: 'bytes=0-1', 'if-range': '"x"', cookie: 'token=x; __proto__=y' },
      { 'if-none-match': '"a", W/"b", nonsense,,,', 'if-modified-since': 'infinity' },
      { 'max-forwards': '0', te: 'trailers', via: '1.1 evil' },
    ])('is not moved by %j', async (headers) => {
      const plain = await analyst.get(`${risks}/${riskId}`);
      const answer = await analyst.get(`${risks}/${riskId}`, headers);
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: plain.text });
      expect(JSON.stringify([...answer.headers])).not.toContain('evil');
    });
  });

  describe('on the socket', () => {
    it.each(rawRequests)('answers %s', async (_what, request, status) => {
      const bytes = Buffer.from(request.replaceAll('TOKEN', analyst.token!), 'latin1');
      const answer = await sendRaw(app.url, bytes);
      expect(answer.answers).toBe(1);
      expectProblem(answer, status);
    });

    it('lets nobody wait: slow headers and slow bodies end with 408', async () => {
      const hasty = await createTestApp({ sharing: app, env: { HTTP_REQUEST_TIMEOUT_MS: '1000' } });
      const slow = [
        'GET /api/v1/auth/me HTTP/1.1\r\nHost: x\r\nX-',
        'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"',
        'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"',
      ];
      const answers = await Promise.all(slow.map((request) => sendRaw(hasty.url, request, { waitMs: 8_000 })));
      await hasty.close();
      for (const answer of answers) expectProblem(answer, 408);
    });

    it('is not troubled by clients that leave in the middle', async () => {
      const half = `POST ${risks} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${analyst.token}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"title`;
      await Promise.all(Array.from({ length: 20 }, () => sendRaw(app.url, half, { waitMs: 30 })));
      expect((await analyst.get(risks)).status).toBe(200);
    });
  });

  it('changed nothing but what was asked for', async () => {
    const risk = await analyst.get(`${risks}/${riskId}`);
    expect(risk.body).toMatchObject({ version: 1, category: null });
    expect((await analyst.patch(`${risks}/${riskId}`, { category: 'x' }, ifVersion(1))).status).toBe(200);
  });
});

async function nextCursor(client: ApiClient): Promise<string> {
  const { body } = await client.get(`${risks}?limit=1`);
  return body.page.nextCursor as string;
}
