import { problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const path = '/api/v1/risks/import-jobs';
const csv = { 'content-type': 'text/csv' };
const header = 'title,probability,impact,externalId\n';
const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `Imported ${from + index},3,4,ext-${from + index}\n`).join('');

describe('imports in the background', () => {
  let app: TestApp;
  let admin: ApiClient;
  beforeAll(async () => {
    app = await createTestApp({ env: { JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '100' } });
    admin = app.as('admin');
  });
  afterAll(() => app.close());

  const total = async (client = admin): Promise<number> =>
    (await client.get('/api/v1/risks?limit=1&total=true&q=Imported')).body.total;
  const start = async (body: string, query = '', client = admin): Promise<string> => {
    const answer = await client.send('POST', path + query, body, csv);
    expect([answer.status, answer.body.status]).toEqual([202, expect.stringMatching(/QUEUED|RUNNING|SUCCEEDED/)]);
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${answer.body.id}`);
    return answer.body.id as string;
  };
  const over = async (id: string, client = admin): Promise<ApiAnswer> => {
    let answer = await client.get(`/api/v1/jobs/${id}`);
    await until(async () => {
      answer = await client.get(`/api/v1/jobs/${id}`);
      return !['QUEUED', 'RUNNING'].includes(answer.body.status);
    }, 30_000);
    return answer;
  };

  it('are answered at once, tell how far they are and end as an import would be answered', async () => {
    const before = await total();
    const id = await start(header + lines(5_000));
    const { body } = await over(id);
    expect(body).toMatchObject({ status: 'SUCCEEDED', done: 5_000, total: 5_000, error: null, hasFile: false });
    expect(body.result).toMatchObject({ counts: { rows: 5_000, created: 5_000, failed: 0 }, mode: 'upsert' });
    // Evicted as by a request.
    expect(await total()).toBe(before + 5_000);
    const rows = await withClient(app.database.adminUrl, (sql) =>
      sql.query('SELECT FROM job_files WHERE job_id = $1', [id]),
    );
    expect(rows.rowCount).toBe(0);
    expect((await admin.get('/api/v1/jobs?limit=1')).body.items[0]).toMatchObject({
      id,
      kind: 'risk.import',
      result: null,
    });
  }, 180_000);

  it('leave the rows that failed as a file that no spreadsheet runs', async () => {
    const failing = `${header}Imported good,3,4,f-1\n,3,4,=f-2\nImported bad,9,4,f-3\n`;
    const tried = await over(await start(failing, '?dryRun=true'));
    const id = await start(failing);
    const { body } = await over(id);
    expect(body).toMatchObject({ status: 'SUCCEEDED', hasFile: true, result: { counts: { created: 1, failed: 2 } } });
    const file = await admin.get(`/api/v1/jobs/${id}/result`);
    expect(file.headers.get('content-type')).toContain('text/csv');
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="risk.import-${id}.csv"`);
    const [head, ...rows] = file.text.trim().split('\r\n');
    expect(head).toBe('row,line,externalId,pointer,code,message');
    expect(rows).toHaveLength(2);
    expect(file.text).not.toMatch(/,=|^=/m);
    expect((await admin.get(`/api/v1/jobs/${tried.body.id}/result`)).text).toBe(file.text);
  });

  it('fail with the reason when nothing of the file can be read, and change nothing', async () => {
    const before = await total();
    const { body } = await over(await start('this is no register'));
    expect(body).toMatchObject({ status: 'FAILED', result: null, hasFile: false });
    expect(body.error).toMatch(/./);
    expect(await total()).toBe(before);
  });

  it('reach no further than who has asked for them', async () => {
    const rights = ['risk:read:own', 'risk:create:own', 'risk:update:own'];
    const { client, userId } = await customMember(app, app.acme, rights);
    await admin.send('POST', '/api/v1/risks/import', `${header}Somebody's,3,4,own-1\n`, csv);
    const { body } = await over(await start(`${header}Mine,3,4,own-1\nNew,3,4,own-2\n`, '', client), client);
    expect(body.result.counts).toMatchObject({ created: 1, updated: 0, failed: 1 });
    const { items } = (await client.get('/api/v1/risks')).body;
    expect(items).toMatchObject([{ title: 'New', ownerId: userId }]);
    expect((await admin.get(`/api/v1/risks?q=Somebody&total=true`)).body.total).toBe(1);
  });

  it('are not made for somebody who has left meanwhile', async () => {
    const { client, userId } = await customMember(app, app.acme, [
      'risk:read:tenant',
      'risk:create:tenant',
      'risk:update:tenant',
    ]);
    const blocker = await start(header + lines(4_000, 100_000));
    const id = await start(`${header}Imported too late,3,4,late\n`, '', client);
    await withClient(app.database.adminUrl, (sql) =>
      sql.query(`UPDATE memberships SET status = 'DISABLED' WHERE user_id = $1`, [userId]),
    );
    expect((await over(id)).body).toMatchObject({
      status: 'FAILED',
      error: expect.stringContaining('no active member'),
    });
    expect((await admin.get('/api/v1/risks?q=late&total=true')).body.total).toBe(0);
    await admin.post(`/api/v1/jobs/${blocker}/cancel`);
    await over(blocker);
  }, 180_000);

  it('are cancelled, and then nothing of them stays', async () => {
    const before = await total();
    const id = await start(header + lines(60_000, 200_000));
    await until(async () => (await admin.get(`/api/v1/jobs/${id}`)).body.done > 0, 30_000);
    expect((await admin.post(`/api/v1/jobs/${id}/cancel`)).status).toBe(200);
    expect((await over(id)).body).toMatchObject({ status: 'CANCELLED', result: null });
    expect(await total()).toBe(before);
    expect(problemIn(await admin.post(`/api/v1/jobs/${id}/cancel`))).toEqual({ status: 409, code: 'jobs.finished' });
  }, 180_000);

  it('are seen by who has started them, and by who may see how the system is doing', async () => {
    const analyst = app.as('analyst');
    const id = await start(`${header}Imported by an analyst,3,4,seen\n`, '', analyst);
    await over(id, analyst);
    expect((await admin.get(`/api/v1/jobs/${id}`)).status).toBe(200);
    expect((await app.as('manager').get(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await app.as('manager').get('/api/v1/jobs?total=true')).body).toMatchObject({ items: [], total: 0 });
    expect((await app.as('admin', app.globex).get(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await app.as('viewer').send('POST', path, header, csv)).status).toBe(403);
  });

  it('change nothing in a dry run', async () => {
    const before = await total();
    const { body } = await over(await start(header + lines(10, 900_000), '?dryRun=true'));
    expect(body).toMatchObject({ status: 'SUCCEEDED', result: { dryRun: true, counts: { created: 10 } } });
    expect(await total()).toBe(before);
  });
});
