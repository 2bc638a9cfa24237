import { get, type IncomingMessage } from 'node:http';
import { parse } from 'csv-parse/sync';
import readXlsxFile from 'read-excel-file/node';
import { readText } from '../../src/risk/import/read-import';
import { addRisk } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const file = '/api/v1/risks/export';

/** What spreadsheets run, and texts that quote, break lines or reach beyond the first plane. */
const hostile = {
  title: '=HYPERLINK("https://example.test")',
  description: 'one, "two"\r\nthree \u0001 <b>&amp;</b> _x0041_ 🦊',
  category: "'+1",
  tags: ['a;b', 'c|d', '@x'],
};

describe('the register as a file', () => {
  let app: TestApp;
  let manager: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ env: { RISK_EXPORT_CONCURRENCY: '2', RISK_EXPORT_MAX_RISKS: '5000' } });
    manager = app.as('manager');
    await addRisk(manager, { ...hostile, probability: 5, impact: 5, customFields: { unit: 'Payments', loss: 1.5 } });
    await addRisk(manager, { title: 'Fire', probability: 1, impact: 1, dueDate: '2030-01-31', frameworks: ['A', 'B'] });
    await addRisk(manager, { title: 'Flood', probability: 4, impact: 4, status: 'ASSESSED', treatment: 'MITIGATE' });
  });
  afterAll(() => app.close());

  const exported = (query: string, client = manager): Promise<ApiAnswer> => client.get(`${file}?${query}`);
  const listed = async (query: string): Promise<Record<string, unknown>[]> =>
    (await manager.get(`/api/v1/risks?limit=200&${query}`)).body.items as Record<string, unknown>[];
  const rowsIn = ({ text }: ApiAnswer): Record<string, string>[] => parse(text, { columns: true });

  it('is the list in JSON, filtered and sorted like it', async () => {
    for (const query of ['', 'sort=title', 'sort=-title&severity=CRITICAL,HIGH', 'q=fl', 'tag=nothing']) {
      const { status, headers, text } = await exported(`format=json&${query}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('content-disposition')).toMatch(
        /^attachment; filename="risk-register-\d{4}(-\d\d){2}\.json"$/,
      );
      expect(JSON.parse(text)).toEqual(await listed(query));
    }
  });

  it('is CSV of which no cell is a formula', async () => {
    const answer = await exported('format=csv&sort=title');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [first, second] = rowsIn(answer);
    expect(first).toMatchObject({
      title: `'${hostile.title}`,
      category: "''+1",
      description: hostile.description,
      tags: '["a;b","c|d","@x"]',
      customFields: '{"loss":1.5,"unit":"Payments"}',
    });
    expect(second).toMatchObject({ title: 'Fire', frameworks: 'A;B', dueDate: '2030-01-31', tags: '', score: '1' });
    expect(rowsIn(await exported('format=csv&tag=nothing'))).toEqual([]);
  });

  it('is a workbook with the same cells', async () => {
    const response = await fetch(`${app.url}${file}?format=xlsx&sort=title`, {
      headers: { authorization: `Bearer ${manager.token}` },
    });
    expect(response.headers.get('content-type')).toContain('spreadsheetml');
    expect(response.headers.get('content-disposition')).toContain('.xlsx"');
    const [sheet] = await readXlsxFile(Buffer.from(await response.arrayBuffer()), { trim: false });
    const cells = sheet?.data.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
    expect(cells).toEqual(parse((await exported('format=csv&sort=title')).text));
    // What is a number is one.
    expect(sheet?.data[1]).toContain(25);
  });

  it('is an OSCAL plan of action in which every item is about a risk', async () => {
    const answer = await exported('format=oscal&sort=title');
    expect(answer.headers.get('content-disposition')).toContain('.oscal.json"');
    const plan = answer.body['plan-of-action-and-milestones'];
    const titles = [hostile.title, 'Fire', 'Flood'];
    expect(plan.risks).toMatchObject(titles.map((title) => ({ title })));
    expect(plan.risks[1]).toMatchObject({ status: 'open', deadline: '2030-01-31T00:00:00Z' });
    expect(plan.risks[2]).toMatchObject({ status: 'investigating' });
    const uuids = plan.risks.map(({ uuid }: { uuid: string }) => uuid);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(plan['poam-items'].map((item: Record<string, object[]>) => item['related-risks'])).toEqual(
      uuids.map((uuid: string) => [{ 'risk-uuid': uuid }]),
    );
    // The same risk has the same name in every plan.
    const again = await exported('format=oscal&sort=title&q=fl');
    expect(again.body['plan-of-action-and-milestones'].risks[0].uuid).toBe(uuids[2]);
    expect(readText(Buffer.from(answer.text)).rows.map(({ candidate }) => candidate)).toMatchObject([
      { title: hostile.title, probability: 5, impact: 5 },
      { title: 'Fire', dueDate: '2030-01-31', status: 'DRAFT' },
      { title: 'Flood', probability: 4, impact: 4 },
    ]);
    const none = await exported('format=oscal&tag=nothing');
    expect(none.body['plan-of-action-and-milestones']['poam-items']).toHaveLength(1);
    expect(none.body['plan-of-action-and-milestones']).not.toHaveProperty('risks');
  });

  it('holds what both reading and exporting reach', async () => {
    expectProblem(await exported('', app.as('viewer')), 403);
    const both = ['risk:read:tenant', 'risk:export:own'];
    for (const permissions of [both, both.map((one) => one.replace('tenant', 'own'))]) {
      const { client, userId } = await customMember(app, app.acme, permissions);
      await addRisk(manager, { title: 'Theirs', ownerId: userId });
      for (const format of ['json', 'csv', 'oscal']) {
        const { text } = await exported(`format=${format}`, client);
        expect(text).toContain('Theirs');
        expect(text).not.toContain('Fire');
      }
    }
    const reader = await customMember(app, app.acme, ['risk:read:own', 'risk:export:tenant']);
    expect((await exported('', reader.client)).text).toBe('[]\n');
    expect((await exported('', app.as('admin', app.globex))).text).toBe('[]\n');
  });

  it('is an entry of the audit log, with the names of the filters', async () => {
    await exported('format=csv&q=Fire&status=DRAFT&sort=title');
    const { body } = await app.as('admin').get('/api/v1/audit-logs?action=risk.export&limit=1');
    expect(body.items[0].details).toEqual({ format: 'csv', risks: 1, filters: ['q', 'status'] });
  });

  it('has no pages, and sorts by what the list sorts by', async () => {
    for (const query of ['limit=10', 'total=true', 'cursor=x', 'page=2', 'sort=nothing', 'format=pdf']) {
      expectProblem(await exported(query), 400);
    }
  });

  describe('of many risks', () => {
    beforeAll(() =>
      withClient(app.database.adminUrl, (client) =>
        client.query(
          `INSERT INTO risks (tenant_id, id, title, description, probability, impact, score, severity, custom_fields)
           SELECT $1, gen_random_uuid(), 'Wide ' || lpad(n::text, 4, '0'), repeat('x', 10000), 1, 1, 1, 'LOW',
                  CASE WHEN n = 1 THEN jsonb_build_object('long', repeat('x', 40000)) ELSE '{}' END
             FROM generate_series(1, 2000) n`,
          [app.acme.id],
        ),
      ),
    );

    it('has each of them once, in their order', async () => {
      const titles = Array.from({ length: 2000 }, (_, n) => `Wide ${String(n + 1).padStart(4, '0')}`);
      expect(rowsIn(await exported('format=csv&q=Wide&sort=title')).map(({ title }) => title)).toEqual(titles);
    });

    it('is refused when it is too large, or a cell too long', async () => {
      const longCell = expectProblem(await exported('format=xlsx&q=Wide'), 422);
      expect(longCell.code).toBe('risk.export-cell-too-long');
      const narrow = await createTestApp({ sharing: app, env: { RISK_EXPORT_MAX_RISKS: '1999' } });
      try {
        const tooLarge = expectProblem(await exported('q=Wide', narrow.as('manager')), 422);
        expect(tooLarge.code).toBe('risk.export-too-large');
        expect((await exported('q=Fire', narrow.as('manager'))).status).toBe(200);
      } finally {
        await narrow.close();
      }
    });

    it('is refused while too many run; one that is broken off makes room', async () => {
      const broken = await Promise.all([download(app), download(app)]);
      expect(broken.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expectProblem(await exported('q=Fire'), 503);
      for (const response of broken) response.destroy();
      await until(async () => (await exported('q=Fire')).status === 200);
    });

    it('is cut when its time is over, not ended as if it were whole', async () => {
      const env = { RISK_EXPORT_TIMEOUT_SECONDS: '1', RISK_EXPORT_CONCURRENCY: '1' };
      const hasty = await createTestApp({ sharing: app, env });
      try {
        const response = await download(hasty);
        // Its place is free again: it was cut.
        await until(async () => (await exported('q=Fire', hasty.as('manager'))).status === 200, 30_000);
        await expect(response.resume().toArray()).rejects.toThrow('aborted');
      } finally {
        await hasty.close();
      }
    });

    /** Begins to take a large export, over a connection of its own, and does not read on. */
    function download(from: TestApp): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${from.as('manager').token ?? ''}` };
        const path = `${file}?q=Wide&sort=title&format=json`;
        get(`${from.url}${path}`, { agent: false, headers }, resolve).on('error', reject);
      });
    }
  });
});
