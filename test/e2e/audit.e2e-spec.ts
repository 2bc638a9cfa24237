import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { register } from 'prom-client';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { untilSealed } from '../support/audit-chain';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { powerlessMember } from '../support/powerless-member';
import { createTestApp, type TestApp, type TestTenant } from '../support/test-app';
import { until } from '../support/until';

const logs = '/api/v1/audit-logs';
const missing = '01890a5d-ac96-774b-bcce-000000000000';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly resourceId: string | null;
  readonly actor: { readonly id: string; readonly name: string } | null;
  readonly details: Readonly<Record<string, unknown>>;
}

describe('the audit log over HTTP', () => {
  let test: TestApp;
  let admin: ApiClient;
  beforeAll(async () => {
    test = await createTestApp({ env: { AUDIT_DENIALS_PER_MINUTE: '100', AUDIT_EXPORT_CONCURRENCY: '2' } });
    admin = test.as('admin');
  });
  afterAll(() => test.close());

  async function entries(query: string, client = admin): Promise<Entry[]> {
    const { status, body } = await client.get(`${logs}?limit=200&${query}`);
    expect(status).toBe(200);
    return body.items as Entry[];
  }

  /** Refusals are written behind the answer. */
  async function denials(query: string, count: number, client = admin): Promise<Entry[]> {
    await until(async () => (await entries(`outcome=DENIED&${query}`, client)).length >= count);
    return entries(`outcome=DENIED&${query}`, client);
  }

  function inSql(sql: string, parameters: unknown[] = []): Promise<unknown> {
    return withClient(test.database.adminUrl, (client) => client.query(sql, parameters));
  }

  /** Straight into the table: entries of which every column is known. */
  async function plant(tenant: TestTenant, count: number, resource: string, given: { actor?: string } = {}) {
    await inSql(
      `INSERT INTO audit_log (tenant_id, id, at, actor_id, action, resource, resource_id, outcome, details)
       SELECT $1, gen_random_uuid(), '2026-01-01Z'::timestamptz + n * interval '1 minute', $4, 'planted.' || n % 3, $3, n, 'SUCCESS',
              jsonb_build_object('n', n) FROM generate_series(1, $2::int) AS n`,
      [tenant.id, count, resource, given.actor ?? tenant.userIds.admin],
    );
  }

  describe('a change of a risk', () => {
    it('is recorded with who made it, from where, in which request, and what changed', async () => {
      const risk = await addRisk(test.as('analyst'), { title: 'Old', impact: 2, description: 'only in the history' });
      const change = { title: 'New', impact: 4, description: 'not here' };
      const answer = await admin.patch(`/api/v1/risks/${risk.id}`, change, { ...ifVersion(1), 'x-request-id': 'r-1' });
      expect(answer.status).toBe(200);
      const [updated, created] = await entries(`resourceId=${risk.id}`);
      expect(created).toMatchObject({
        ...{ action: 'risk.create', resource: 'risk', outcome: 'SUCCESS', apiTokenId: null },
        actor: { id: test.acme.userIds.analyst, name: 'analyst of acme' },
        sessionId: test.acme.sessionIds.analyst,
        details: { version: 1, title: 'Old', severity: risk.severity, score: risk.score, status: 'DRAFT' },
      });
      expect(updated).toMatchObject({
        ...{ action: 'risk.update', resourceId: risk.id, requestId: 'r-1', address: '127.0.0.1' },
        actor: { id: test.acme.userIds.admin },
        details: { version: 2, title: 'New' },
      });
      const changes = updated?.details['changes'] as { field: string }[];
      expect(changes).toContainEqual({ field: 'impact', before: 2, after: 4 });
      expect(changes).toContainEqual({ field: 'title', before: 'Old', after: 'New' });
      expect(changes).toContainEqual({ field: 'description' });
    });

    it('is recorded whatever it is, and not when nothing changed', async () => {
      const { id } = await addRisk(admin);
      await admin.patch(`/api/v1/risks/${id}`, { impact: 3 }, ifVersion(1));
      await admin.post(`/api/v1/risks/${id}/transition`, { status: 'IDENTIFIED', comment: 'quiet' }, ifVersion(1));
      await admin.delete(`/api/v1/risks/${id}`, ifVersion(2));
      await admin.post(`/api/v1/risks/${id}/restore`);
      const found = await entries(`resourceId=${id}`);
      expect(found.map(({ action }) => action).reverse()).toEqual([
        ...['risk.create', 'risk.transition', 'risk.delete', 'risk.restore'],
      ]);
      expect(JSON.stringify(found)).not.toContain('quiet');
    });

    it('that failed is not recorded', async () => {
      const { id } = await addRisk(admin);
      expect((await admin.patch(`/api/v1/risks/${id}`, { impact: 5 }, ifVersion(9))).status).toBe(412);
      const { externalId } = await addRisk(admin, { externalId: 'TAKEN-1' });
      const before = (await entries('action=risk.*')).length;
      expect((await admin.post('/api/v1/risks', { title: 'x', probability: 1, impact: 1, externalId })).status).toBe(
        409,
      );
      expect(await entries(`resourceId=${id}`)).toHaveLength(1);
      expect(await entries('action=risk.*')).toHaveLength(before);
    });

    it('does not happen when it cannot be recorded', async () => {
      const failures = await metric('openrisk_audit_write_failures_total');
      await inSql(`ALTER TABLE audit_log ADD CONSTRAINT broken CHECK (action <> 'risk.create') NOT VALID`);
      try {
        const request = { title: 'never stored', probability: 1, impact: 1 };
        expect((await admin.post('/api/v1/risks', request)).status).toBe(422);
        const operations = [{ op: 'create', risk: request }];
        expect((await admin.post('/api/v1/risks/bulk', { atomic: false, operations })).status).toBe(422);
      } finally {
        await inSql('ALTER TABLE audit_log DROP CONSTRAINT broken');
      }
      expect((await admin.get('/api/v1/risks?q=never')).body.items).toEqual([]);
      expect(await metric('openrisk_audit_write_failures_total')).toBe(failures + 2);
    });

    it('in bulk is an entry for each that succeeded; none when all were rolled back', async () => {
      const [one, two] = [await addRisk(admin), await addRisk(admin)];
      const operations = [
        { op: 'update', id: one.id, change: { impact: 5 } },
        { op: 'update', id: missing, change: { impact: 5 } },
        { op: 'delete', id: two.id },
        { op: 'create', risk: { title: 'From bulk', probability: 1, impact: 1 } },
      ];
      expect((await admin.post('/api/v1/risks/bulk', { atomic: true, operations })).status).toBe(422);
      expect(await entries(`resourceId=${one.id}`)).toHaveLength(1);
      const answer = await admin.post(
        '/api/v1/risks/bulk',
        { atomic: false, operations },
        { 'x-request-id': 'bulk-1' },
      );
      expect(answer.body).toMatchObject({ succeeded: 3, failed: 1 });
      const found = (await entries('action=risk.*')).filter(
        (entry) => 'requestId' in entry && entry.requestId === 'bulk-1',
      );
      expect(found.map(({ action }) => action).sort()).toEqual(['risk.create', 'risk.delete', 'risk.update']);
    });

    it('by an import is one entry for all rows, and none for a dry run', async () => {
      const rows = 'title,probability,impact,externalId\na,1,1,A-1\nb,2,2,A-2\n';
      const headers = { 'content-type': 'text/csv' };
      await admin.send('POST', '/api/v1/risks/import?dryRun=true', rows, headers);
      expect(await entries('action=risk.import')).toEqual([]);
      expect((await admin.send('POST', '/api/v1/risks/import', rows, headers)).status).toBe(200);
      const [entry, ...others] = await entries('action=risk.import');
      expect(others).toEqual([]);
      expect(entry?.details).toMatchObject({ mode: 'upsert', counts: { rows: 2, created: 2, failed: 0 } });
    });
  });

  describe('a refusal', () => {
    it('of a permission is recorded, with the route and what it was about', async () => {
      const { id } = await addRisk(admin);
      const answer = await test.as('viewer').delete(`/api/v1/risks/${id}`, { ...ifVersion(1), 'x-request-id': 'no-1' });
      expectProblem(answer, 403);
      const [entry] = await denials(`resourceId=${id}`, 1);
      expect(entry).toMatchObject({
        ...{ action: 'risk:delete', resource: 'risk', outcome: 'DENIED', requestId: 'no-1', address: '127.0.0.1' },
        actor: { id: test.acme.userIds.viewer },
        details: { code: 'rbac.forbidden', route: 'DELETE /api/v1/risks/:id' },
      });
    });

    it('of something out of reach is recorded, though its transaction is rolled back; in bulk too', async () => {
      const { id } = await addRisk(admin);
      const manager = test.as('manager');
      expectProblem(await manager.delete(`/api/v1/risks/${id}`, ifVersion(1)), 403);
      await denials(`resourceId=${id}`, 1);
      const operations = [{ op: 'delete', id }];
      expect((await manager.post('/api/v1/risks/bulk', { atomic: true, operations })).status).toBe(422);
      const all = await denials(`action=risk:delete&actor=${test.acme.userIds.manager}`, 2);
      expect(all.map(({ details }) => details['route']).sort()).toEqual([
        'DELETE /api/v1/risks/:id',
        'POST /api/v1/risks/bulk',
      ]);
    });

    it('stays a 403 when it cannot be recorded, and is counted then', async () => {
      const dropped = await metric('openrisk_audit_denials_dropped_total');
      await inSql(`ALTER TABLE audit_log ADD CONSTRAINT broken CHECK (outcome <> 'DENIED') NOT VALID`);
      try {
        expectProblem(await test.as('viewer').post('/api/v1/risks', {}), 403);
        await until(async () => (await metric('openrisk_audit_denials_dropped_total')) === dropped + 1);
      } finally {
        await inSql('ALTER TABLE audit_log DROP CONSTRAINT broken');
      }
    });

    it('costs the log no more than its budget: of a flood the rest is counted', async () => {
      const powerless = await powerlessMember(test, test.globex);
      const dropped = await metric('openrisk_audit_denials_dropped_total');
      const statuses = await Promise.all(
        Array.from({ length: 150 }, async () => (await powerless.get('/api/v1/risks')).status),
      );
      expect(new Set(statuses)).toEqual(new Set([403]));
      const recorded = await denials('action=risk:read', 100, test.as('admin', test.globex));
      expect(recorded.length).toBeLessThan(150);
      expect(await metric('openrisk_audit_denials_dropped_total')).toBe(dropped + 150 - recorded.length);
    });
  });

  describe('the list', () => {
    beforeAll(() => plant(test.acme, 30, 'listed'));

    it('walks through all, newest first, forwards and back', async () => {
      const walked: string[] = [];
      let path = `${logs}?resource=listed&limit=8&total=true`;
      for (;;) {
        const { body } = await admin.get(path);
        expect(body.total).toBe(30);
        walked.push(...(body.items as Entry[]).map(({ resourceId }) => String(resourceId)));
        if (body.page.nextCursor === null) break;
        path = `${logs}?resource=listed&limit=8&total=true&cursor=${body.page.nextCursor}`;
      }
      expect(walked).toEqual(Array.from({ length: 30 }, (_, n) => String(30 - n)));
      const last = await admin.get(path);
      const back = await admin.get(`${logs}?resource=listed&limit=8&cursor=${last.body.page.prevCursor}`);
      expect((back.body.items as Entry[]).map(({ resourceId }) => resourceId)).toEqual(walked.slice(16, 24));
    });

    it.each([
      ['action=planted.1', 10],
      ['action=planted.*', 30],
      ['action=plant*', 30],
      ['action=planted', 0],
      ['action=planted%25', 400],
      ['action=*.1', 400],
      ['resourceId=7', 1],
      ['outcome=DENIED', 0],
      ['outcome=DENIED,SUCCESS', 30],
      ['outcome=NEVER', 400],
      ['from=2026-01-01T00:10:00Z', 21],
      ['to=2026-01-01T00:10:00Z', 9],
      ['from=2026-01-01T00:10:00Z&to=2026-01-01T00:12:00Z', 2],
      ['actor=ACTOR', 30],
      [`actor=${missing}`, 0],
      ['actor=nobody', 400],
    ])('is narrowed by %s', async (query, expected) => {
      const path = `${logs}?resource=listed&limit=200&${query.replace('ACTOR', test.acme.userIds.admin)}`;
      const answer = await admin.get(path);
      if (expected === 400) expectProblem(answer, 400);
      else expect(answer.body.items).toHaveLength(expected);
    });

    it('shows whoever may see their own entries only those, wherever they look', async () => {
      await addRisk(test.as('analyst'), { title: 'mine' });
      const analyst = test.as('analyst');
      const own = await entries('total=true', analyst);
      expect(own.length).toBeGreaterThan(0);
      expect(new Set(own.map(({ actor }) => actor?.id))).toEqual(new Set([test.acme.userIds.analyst]));
      expect(await entries('resource=listed', analyst)).toEqual([]);
      expect(await entries(`actor=${test.acme.userIds.admin}`, analyst)).toEqual([]);
      const [foreign] = await entries('resource=listed');
      expectProblem(await analyst.get(`${logs}/${foreign?.id}`), 404);
      expect((await analyst.get(`${logs}/${own[0]?.id}`)).status).toBe(200);
      expectProblem(await analyst.get(`${logs}/export`), 403);
    });

    it("shows nothing of another tenant, nor takes its list's cursor", async () => {
      const globex = test.as('admin', test.globex);
      expect(await entries('resource=listed', globex)).toEqual([]);
      const { body } = await admin.get(`${logs}?resource=listed&limit=3`);
      expectProblem(await globex.get(`${logs}?resource=listed&limit=3&cursor=${body.page.nextCursor}`), 400);
      expectProblem(await globex.get(`${logs}/${body.items[0].id}`), 404);
      const exported = await globex.get(`${logs}/export?resource=listed`);
      expect(JSON.parse(exported.text)).toEqual([]);
    });

    it('shows one entry with its seal', async () => {
      const { id } = await addRisk(admin);
      const [entry] = await entries(`resourceId=${id}`);
      await withClient(test.database.adminUrl, (client) => untilSealed(client, test.acme.id));
      const { body } = await admin.get(`${logs}/${entry?.id}`);
      expect(body).toEqual({
        ...entry,
        seal: { position: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/), at: expect.any(String) },
      });
      await until(async () => (await metric('openrisk_audit_unsealed')) === 0);
    });
  });

  describe('the export', () => {
    beforeAll(() => plant(test.acme, 1200, 'exported'));

    it('is all that the filters leave, oldest first, as JSON', async () => {
      const { status, headers, text } = await admin.get(`${logs}/export?format=json&resource=exported`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-\d{4}-\d\d-\d\d\.json"$/);
      const exported = JSON.parse(text) as Entry[];
      expect(exported.map(({ resourceId }) => Number(resourceId))).toEqual(
        Array.from({ length: 1200 }, (_, n) => n + 1),
      );
      const [newest] = await entries('resource=exported');
      expect(exported.at(-1)).toEqual(newest);
    });

    it('is the same as CSV, and nothing in it is a formula', async () => {
      await inSql(
        `INSERT INTO audit_log (tenant_id, id, action, resource, resource_id, request_id, address, outcome, details)
         VALUES ($1, gen_random_uuid(), '=1+1', 'formulas', '@x', '-2', E'\tz', 'SUCCESS', '{"a": "comma, \\"quote\\""}')`,
        [test.acme.id],
      );
      const { headers, text } = await admin.get(`${logs}/export?format=csv&resource=formulas`);
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      const [row] = parse<Record<string, string>>(text, { columns: true });
      expect(row).toMatchObject({ action: "'=1+1", resourceId: "'@x", requestId: "'-2", address: "'\tz", actorId: '' });
      expect(JSON.parse(row?.['details'] ?? '')).toEqual({ a: 'comma, "quote"' });
      const all = await admin.get(`${logs}/export?format=csv&resource=exported`);
      expect(parse(all.text, { columns: true })).toHaveLength(1200);
      const none = await admin.get(`${logs}/export?format=csv&resource=nothing`);
      expect(none.text.split('\r\n')).toHaveLength(2);
      expect(JSON.parse((await admin.get(`${logs}/export?resource=nothing`)).text)).toEqual([]);
    });

    it('is an entry of the log itself', async () => {
      await admin.get(`${logs}/export?format=csv&resource=exported`);
      const [entry] = await entries('action=audit.export');
      expect(entry?.details).toMatchObject({ format: 'csv', entries: 1200, filter: { resource: 'exported' } });
    });

    it('has no pages', async () => {
      expectProblem(await admin.get(`${logs}/export?limit=10`), 400);
    });

    it('is refused when it is too large, or too many run; one that is broken off makes room', async () => {
      const small = await createTestApp({
        sharing: test,
        env: { AUDIT_EXPORT_MAX_ENTRIES: '100', AUDIT_EXPORT_CONCURRENCY: '1' },
      });
      try {
        const client = small.as('admin');
        const tooLarge = await client.get(`${logs}/export?resource=exported`);
        expect(expectProblem(tooLarge, 422).code).toBe('audit.export-too-large');
      } finally {
        await small.close();
      }
      // Enough for the stream to wait for its reader.
      await inSql(
        `INSERT INTO audit_log (tenant_id, id, action, resource, outcome, details)
         SELECT $1, gen_random_uuid(), 'x', 'wide', 'SUCCESS', jsonb_build_object('x', repeat('x', 5000)) FROM generate_series(1, 6000)`,
        [test.acme.id],
      );
      const broken = await Promise.all([download(admin), download(admin)]);
      expect(broken.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expectProblem(await admin.get(`${logs}/export?resource=wide`), 503);
      for (const response of broken) response.destroy();
      await until(async () => (await admin.get(`${logs}/export?resource=listed`)).status === 200);
    });

    it('is cut when its time is over, not ended as if it were whole', async () => {
      const hasty = await createTestApp({ sharing: test, env: { AUDIT_EXPORT_TIMEOUT_SECONDS: '1' } });
      try {
        const response = await download(hasty.as('admin'), hasty.url);
        await until(() => response.socket.destroyed || response.readableLength > 0);
        await pause(1200);
        await expect(response.resume().toArray()).rejects.toThrow('aborted');
      } finally {
        await hasty.close();
      }
    });
  });

  /** Begins to take a large export, over a connection of its own, and does not read on. */
  function download({ token = '' }: ApiClient, url = test.url): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = { agent: false as const, headers: { authorization: `Bearer ${token}` } };
      get(`${url}${logs}/export?resource=wide`, options, resolve).on('error', reject);
    });
  }

  async function metric(name: string): Promise<number> {
    const line = (await register.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  }
});
