import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

const samples = resolve(__dirname, '../../../shared/data');
const hasSamples = existsSync(samples);
if (!hasSamples) console.log(`Skipped: imports of real files, which are expected in ${samples}`);
const withSamples = hasSamples ? it : it.skip;

const csv = { 'content-type': 'text/csv' };
const json = { 'content-type': 'application/json' };

describe('importing a file', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeEach(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterEach(() => app.close());

  const importing = (file: string | Uint8Array, query = '', headers = csv): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/import?${query}`, file, headers);
  const sample = (name: string): Buffer => readFileSync(resolve(samples, name));
  const register = async (): Promise<ApiAnswer['body']> =>
    (await analyst.get('/api/v1/risks?sort=title&limit=200&total=true')).body;

  it('creates what is new, and changes nothing the second time', async () => {
    const file = 'title,probability,impact,externalId\nFirst,4,5,A-1\nSecond,1,1,A-2\n';
    const first = await importing(file);
    expect(first.body).toMatchObject({
      ...{ format: 'register-csv', dryRun: false, mode: 'upsert', rowsNotShown: 0 },
      counts: { rows: 2, created: 2, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    });
    const before = await register();
    expect(before.items).toEqual([
      expect.objectContaining({ title: 'First', score: 20, source: 'IMPORT', externalId: 'A-1', version: 1 }),
      expect.objectContaining({ title: 'Second', score: 1, severity: 'LOW' }),
    ]);

    const second = await importing(file);
    expect(second.body.counts).toMatchObject({ rows: 2, created: 0, updated: 0, unchanged: 2 });
    expect(await register()).toEqual(before);
    const history = await analyst.get(`/api/v1/risks/${before.items[0].id}/history`);
    expect(history.body.items).toEqual([expect.objectContaining({ version: 1, action: 'IMPORTED' })]);
  });

  it('changes the fields that the file brings and no others', async () => {
    await importing('title,probability,impact,externalId,description,tags\nOld title,2,2,A-1,kept,kept\n');
    const [risk] = (await register()).items;
    const ownerId = app.acme.userIds.manager;
    await analyst.patch(`/api/v1/risks/${risk.id}`, { ownerId, dueDate: '2030-01-01' }, ifVersion(1));
    await analyst.post(`/api/v1/risks/${risk.id}/transition`, { status: 'IDENTIFIED' }, ifVersion(2));

    const again = await importing('title,probability,impact,externalId,status\nNew title,5,2,A-1,ASSESSED\n');
    expect(again.body.counts).toMatchObject({ updated: 1 });
    expect((await register()).items).toEqual([
      expect.objectContaining({
        ...{ id: risk.id, title: 'New title', probability: 5, score: 10, severity: 'MEDIUM', version: 4 },
        ...{ description: 'kept', tags: ['kept'], ownerId, dueDate: '2030-01-01', status: 'IDENTIFIED' },
      }),
    ]);
  });

  it('tells in a dry run, field by field, what it would do, and does nothing', async () => {
    await importing('title,probability,impact,externalId\nOld,2,2,A-1\n');
    const before = await register();
    const dry = await importing('title,probability,impact,externalId\nNew,2,5,A-1\nMore,1,1,A-2\n', 'dryRun=true');
    expect(dry.body).toMatchObject({ dryRun: true, counts: { created: 1, updated: 1 } });
    expect(dry.body.rows[0]).toMatchObject({
      ...{ row: 1, outcome: 'updated', riskId: before.items[0].id },
      changes: [
        { field: 'title', before: 'Old', after: 'New' },
        { field: 'impact', before: 2, after: 5 },
        { field: 'score', before: 4, after: 10 },
        { field: 'severity', before: 'LOW', after: 'MEDIUM' },
        expect.objectContaining({ field: 'nextReviewAt' }),
      ],
    });
    expect(dry.body.rows[1]).toMatchObject({ outcome: 'created', riskId: null });
    const neverCached = await analyst.get('/api/v1/risks?sort=title&source=IMPORT');
    expect(neverCached.headers.get('x-cache')).toBe('MISS');
    expect(neverCached.body.items).toEqual(before.items);
  });

  it('leaves the cache alone in a dry run, and empties it otherwise', async () => {
    const file = 'title,probability,impact,externalId\nNew,2,5,A-1\n';
    const cached = async (): Promise<string | null> => (await analyst.get('/api/v1/risks')).headers.get('x-cache');
    await cached();
    await importing(file, 'dryRun=true');
    expect(await cached()).toBe('HIT');
    await importing(file);
    expect(await cached()).toBe('MISS');
  });

  it.each([
    ['upsert', { updated: 1, created: 1, skipped: 0, failed: 0 }, 'New'],
    ['skip', { updated: 0, created: 1, skipped: 1, failed: 0 }, 'Old'],
    ['create', { updated: 0, created: 1, skipped: 0, failed: 1 }, 'Old'],
  ])('treats what exists as mode %s says', async (mode, counts, title) => {
    await importing('title,probability,impact,externalId\nOld,2,2,A-1\n');
    const answer = await importing('title,probability,impact,externalId\nNew,2,2,A-1\nZ,1,1,A-2\n', `mode=${mode}`);
    expect(answer.body.counts).toMatchObject(counts);
    expect((await register()).items.map((risk: { title: string }) => risk.title)).toEqual([title, 'Z']);
  });

  it('leaves out what is wrong, says why and where, and stores the rest', async () => {
    const answer = await importing('title,probability,impact\nGood,1,1\nBad,9,1\n,2,2\n');
    expect(answer.body.counts).toMatchObject({ rows: 3, created: 1, failed: 2 });
    expect(answer.body.rows).toEqual([
      expect.objectContaining({ row: 1, outcome: 'created', riskId: expect.any(String) }),
      expect.objectContaining({
        ...{ row: 2, line: 3, outcome: 'failed', riskId: null },
        problems: [expect.objectContaining({ pointer: '/probability' })],
      }),
      expect.objectContaining({ row: 3, problems: [expect.objectContaining({ pointer: '/title' })] }),
    ]);
    expect((await register()).total).toBe(1);
  });

  it('does not bring a deleted risk back', async () => {
    const file = 'title,probability,impact,externalId\nGone,2,2,A-1\n';
    await importing(file);
    const [risk] = (await register()).items;
    await app.as('admin').delete(`/api/v1/risks/${risk.id}`, ifVersion(1));
    const again = await importing(file);
    expect(again.body.counts).toMatchObject({ skipped: 1, created: 0, updated: 0 });
    expect(again.body.rows[0].problems).toEqual([expect.objectContaining({ code: 'deleted' })]);
    expect((await register()).total).toBe(0);
  });

  it('creates each risk once when the same file is imported twice at the same time', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `Risk ${index},3,3,E-${index}`);
    const file = `title,probability,impact,externalId\n${rows.join('\n')}\n`;
    const answers = await Promise.all([importing(file), importing(file), importing(file)]);
    const created = answers.map(({ body }) => body.counts.created as number).sort((a, b) => a - b);
    expect(created).toEqual([0, 0, 300]);
    expect((await register()).total).toBe(300);
  });

  it('counts the rows that it does not show', async () => {
    const rows = Array.from({ length: 1003 }, (_, index) => `Risk ${index},3,3,E-${index}`);
    const { body } = await importing(`title,probability,impact,externalId\n${rows.join('\n')}\n`);
    expect(body.rows).toHaveLength(1000);
    expect(body).toMatchObject({ rowsNotShown: 3, counts: { created: 1003 } });
  });

  it('refuses a file that is none, a type it does not take, and those who may not', async () => {
    expect(problemIn(await importing('nonsense'))).toEqual({ status: 422, code: 'import.unreadable' });
    expect((await importing('<x/>', '', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await importing('a,b', 'mode=all')).status).toBe(400);
    expect((await app.as('viewer').post('/api/v1/risks/import', 'a,b', csv)).status).toBe(403);
  });

  withSamples('reads 1,252 entries of the KEV catalogue within seconds, once', async () => {
    const file = sample('kev-2025-01.json');
    const start = performance.now();
    const first = await importing(file, '', json);
    const elapsedMs = performance.now() - start;
    expect(first.body).toMatchObject({ format: 'kev', counts: { rows: 1252, created: 1252, failed: 0 } });
    expect(elapsedMs).toBeLessThan(20_000);

    const second = await importing(file, '', json);
    expect(second.body.counts).toMatchObject({ created: 0, updated: 0, unchanged: 1252 });
    expect((await analyst.get('/api/v1/risks?source=IMPORT&total=true')).body.total).toBe(1252);
  });

  withSamples.each([
    ['ciso-assistant-risk-assessment.csv', csv, 3],
    ['defectdojo/generic_report1.csv', csv, 1],
    ['defectdojo/generic_csv_with_epss.csv', csv, 1],
    ['defectdojo/generic_report1.json', json, 2],
    ['defectdojo/generic_report3.json', json, 4],
  ])('reads %s', async (name, headers, created) => {
    const { body } = await importing(sample(name), '', headers);
    expect(body.counts).toMatchObject({ created, failed: 0 });
    expect((await register()).total).toBe(body.counts.created);
  });
});
