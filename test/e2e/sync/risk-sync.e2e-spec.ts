import { randomUUID } from 'node:crypto';
import { runInContext } from '../../../src/context/request-context';
import { Database } from '../../../src/database/database';
import type { ImportRow, RiskCandidate } from '../../../src/risk/import/import-row';
import { RiskSync } from '../../../src/risk/sync/risk-sync';
import type { SyncOutcome, SyncRecord } from '../../../src/risk/sync/sync-record';
import type { RiskResponse } from '../../../src/risk/risk.dto';
import { addRisk, ifVersion } from '../../factories/risk';
import type { ApiClient } from '../../support/api-client';
import { withClient } from '../../support/open-database';
import { createTestApp, type TestApp, type TestTenant } from '../../support/test-app';

const candidate = (externalId: string, given: Partial<RiskCandidate> = {}): RiskCandidate => ({
  ...{ externalId, title: `Synced ${externalId}`, description: 'As the source has it.', probability: 4, impact: 4 },
  ...{ status: 'IDENTIFIED', tags: ['KEV'], frameworks: [], ...given },
});
const risk = (externalId: string, given: Partial<RiskCandidate> = {}): SyncRecord => {
  const row: ImportRow = { row: 1, candidate: candidate(externalId, given), problems: [], notices: [] };
  return { kind: 'risk', row };
};
const likelihood = (cve: string, probability: 1 | 2 | 3 | 4 | 5, epss: number, percentile = 0.5): SyncRecord => {
  return { kind: 'likelihood', cve, probability, epss, percentile };
};
const counts = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };

describe('what a connector brings', () => {
  let app: TestApp;
  let admin: ApiClient;
  let connector: string;
  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterAll(() => app.close());
  beforeEach(() => (connector = `test-${randomUUID()}`));

  const inTenant = <T>(work: () => Promise<T>, { id: tenantId }: TestTenant = app.acme): Promise<T> =>
    runInContext({ requestId: 'test', tenantId }, work);
  const step = (records: SyncRecord[], { runId = randomUUID(), as = connector, tenant = app.acme } = {}) =>
    inTenant<SyncOutcome>(
      () =>
        app.app.get(Database).transaction((tx) => app.app.get(RiskSync).store(tx, { connector: as, runId }, records)),
      tenant,
    );
  const vanished = (runId: string): Promise<number> =>
    inTenant(() =>
      app.app.get(Database).transaction((tx) => app.app.get(RiskSync).markVanished(tx, { connector, runId })),
    );
  const find = async (externalId: string, as = connector): Promise<RiskResponse> => {
    const [id] = await sql<{ id: string }>('SELECT id FROM risks WHERE tenant_id = $1 AND external_id = $2', [
      ...[app.acme.id, `${as}:${externalId}`],
    ]);
    return (await admin.get(`/api/v1/risks/${id?.id ?? ''}`)).body as RiskResponse;
  };
  const sql = <Row>(statement: string, parameters: unknown[]): Promise<Row[]> =>
    withClient(app.database.adminUrl, async (client) => (await client.query(statement, parameters)).rows as Row[]);
  const marked = async (): Promise<string[]> => {
    const rows = await sql<{ id: string }>(
      'SELECT external_id AS id FROM risk_sources WHERE connector = $1 AND vanished_at IS NOT NULL ORDER BY 1',
      [connector],
    );
    return rows.map(({ id }) => id);
  };

  it('becomes risks, once: with history, audit and where it came from', async () => {
    const records = [risk('A'), risk('B', { probability: 5, dueDate: '2031-01-01', customFields: { vendor: 'Acme' } })];
    expect((await step(records)).counts).toEqual({ ...counts, read: 2, created: 2 });
    const b = await find('B');
    expect(b).toMatchObject({ source: 'CONNECTOR', status: 'IDENTIFIED', score: 20, severity: 'CRITICAL', version: 1 });
    expect(b.nextReviewAt).toMatch(/^\d{4}-/);
    const history = (await admin.get(`/api/v1/risks/${b.id}/history`)).body.items;
    expect(history).toMatchObject([{ version: 1, action: 'SYNCED', actor: null }]);
    const audit = (await admin.get('/api/v1/audit-logs?action=risk.sync&limit=1')).body.items;
    expect(audit[0]).toMatchObject({ details: { connector, counts: { created: 2 } } });

    expect((await step(records)).counts).toEqual({ ...counts, read: 2, unchanged: 2 });
    expect(await find('B')).toEqual(b);
    expect((await admin.get('/api/v1/audit-logs?action=risk.sync&limit=1')).body.items).toEqual(audit);
  });

  it.each<[what: string, pointer: string, record: SyncRecord, told?: string | null]>([
    ['a title that is too long', '/title', risk('A', { title: 'x'.repeat(256) })],
    ['a rating that is none', '/impact', risk('A', { impact: 6 as 5 })],
    ['a text that no database can keep', '/description', risk('A', { description: 'a\0b' })],
    ['a date that is none', '/dueDate', risk('A', { dueDate: '2031-02-30' })],
    ['half of a rating', '/residualImpact', risk('A', { residualProbability: 2 })],
    ['a field that risks do not have', '/owner', risk('A', { owner: 'somebody' } as object)],
    ['an id that is too long', '/externalId', risk('x'.repeat(256), { title: 'Long id' }), null],
    ['a CVE that is none', '/cve', likelihood('a\0b', 5, 0.9), null],
    ['a probability that is none', '/epss', likelihood('CVE-2031-0001', 5, NaN), 'CVE-2031-0001'],
  ])('is left out and told when it has %s, and the rest is stored', async (_what, pointer, record, told = 'A') => {
    const { counts: found, failures } = await step([risk('before'), record, risk('behind')]);
    expect(found).toEqual({ ...counts, read: 3, created: 2, failed: 1 });
    expect(failures).toMatchObject([{ externalId: told, problems: [{ pointer }] }]);
  });

  it('is found again when somebody here calls it otherwise', async () => {
    await step([risk('A')]);
    const { id, version } = await find('A');
    const renamed = await admin.patch(`/api/v1/risks/${id}`, { externalId: 'ours' }, ifVersion(version));
    expect(renamed.body.externalId).toBe('ours');
    expect((await step([risk('A', { title: 'New' })])).counts).toMatchObject({ updated: 1 });
    expect((await admin.get(`/api/v1/risks/${id}`)).body).toMatchObject({ title: 'New', externalId: 'ours' });
  });

  it('is told from what another connector, or another tenant, calls the same', async () => {
    const other = `${connector}-other`;
    await step([risk('A')]);
    expect((await step([risk('A', { title: 'Another' })], { as: other })).counts).toMatchObject({ created: 1 });
    expect((await step([risk('A')], { tenant: app.globex })).counts).toMatchObject({ created: 1 });
    expect([(await find('A')).title, (await find('A', other)).title]).toEqual(['Synced A', 'Another']);
  });

  it('changes what is new at the source, and leaves what somebody here has made of the rest', async () => {
    await step([
      risk('A', { category: 'Vulnerability', tags: ['KEV', 'old'], customFields: { vendor: 'Acme', cwe: '1' } }),
    ]);
    const { id, version } = await find('A');
    const own = { impact: 2, title: 'Our words', tags: ['KEV', 'old', 'ours'], customFields: { note: 'ours' } };
    expect((await admin.patch(`/api/v1/risks/${id}`, own, ifVersion(version))).status).toBe(200);

    const news = risk('A', {
      description: 'New.',
      tags: ['KEV', 'ransomware'],
      customFields: { vendor: 'Acme', product: 'X' },
    });
    expect((await step([news])).counts).toMatchObject({ updated: 1 });
    expect(await find('A')).toMatchObject({
      ...{ impact: 2, title: 'Our words', description: 'New.', category: null, tags: ['KEV', 'ours', 'ransomware'] },
      ...{ customFields: { vendor: 'Acme', product: 'X', note: 'ours' }, version: 3 },
    });
    const [last] = (await admin.get(`/api/v1/risks/${id}/history`)).body.items;
    expect(last).toMatchObject({ action: 'SYNCED', version: 3 });
    expect(last.changes.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining(['description', 'category', 'tags', 'customFields']),
    );
    expect((await step([news])).counts).toMatchObject({ unchanged: 1 });
  });

  it('is rated by the tenant, and reviewed sooner when it gets worse', async () => {
    await step([risk('A', { probability: 1, impact: 1 })]);
    const before = await find('A');
    await step([risk('A', { probability: 5, impact: 5 })]);
    const after = await find('A');
    expect([before.severity, after.severity, after.score]).toEqual(['LOW', 'CRITICAL', 25]);
    expect(String(after.nextReviewAt) < String(before.nextReviewAt)).toBe(true);
  });

  it('is marked when it vanishes, not deleted, and unmarked when it is back', async () => {
    await step([risk('A'), risk('B'), risk('C')]);
    const before = await find('B');
    const runId = randomUUID();
    await step([risk('A'), risk('C', { title: 'New' })], { runId });
    expect(await vanished(runId)).toBe(1);
    expect(await marked()).toEqual(['B']);
    expect(await find('B')).toEqual(before);
    const sources = await admin.get(`/api/v1/risks/${before.id}/sources?total=true`);
    expect(sources.body).toMatchObject({
      items: [{ connector, kind: 'RISK', externalId: 'B', vanishedAt: expect.stringMatching(/^\d{4}-/) }],
      total: 1,
    });
    expect((await app.as('admin', app.globex).get(`/api/v1/risks/${before.id}/sources`)).status).toBe(404);
    const next = randomUUID();
    await step([risk('B')], { runId: next });
    expect(await marked()).toEqual([]);
    expect(await vanished(next)).toBe(2);
    expect(await vanished(next)).toBe(0);
  });

  it('stays away when it was deleted here, until it is restored', async () => {
    await step([risk('A')]);
    const { id, version } = await find('A');
    await admin.send('DELETE', `/api/v1/risks/${id}`, undefined, ifVersion(version));
    expect((await step([risk('A', { title: 'New' })])).counts).toMatchObject({ read: 1, skipped: 1 });
    expect((await admin.get(`/api/v1/risks/${id}`)).status).toBe(404);
    await admin.post(`/api/v1/risks/${id}/restore`);
    expect((await step([risk('A', { title: 'New' })])).counts).toMatchObject({ updated: 1 });
    expect((await find('A')).title).toBe('New');
  });

  it('leaves out what is wrong, says why, and stores the others', async () => {
    const problems = [{ pointer: '/title', code: 'required', message: 'is required' }];
    const bad: SyncRecord = { kind: 'risk', row: { row: 7, problems, notices: [] } };
    const merged: SyncRecord = { kind: 'risk', row: { row: 8, problems: [], notices: [], mergedInto: 1 } };
    const { counts: told, failures } = await step([bad, risk('A'), merged, risk('A', { title: 'Again' })]);
    expect(told).toEqual({ ...counts, read: 4, created: 1, skipped: 2, failed: 1 });
    expect(failures).toEqual([{ externalId: null, row: 7, problems }]);
    expect((await find('A')).title).toBe('Synced A');
  });

  it('finds ids of any length again', async () => {
    const long = 'x'.repeat(255);
    const records = [risk(long, { title: 'Long' })];
    expect((await step(records)).counts).toMatchObject({ created: 1 });
    expect((await step(records)).counts).toMatchObject({ unchanged: 1 });
  });

  it('is nothing when its transaction is rolled back', async () => {
    const failing = inTenant(() =>
      app.app.get(Database).transaction(async (tx) => {
        await app.app.get(RiskSync).store(tx, { connector, runId: randomUUID() }, [risk('A')]);
        throw new Error('cut off');
      }),
    );
    await expect(failing).rejects.toThrow('cut off');
    expect((await step([risk('A')])).counts).toMatchObject({ created: 1 });
  });

  it('is made once by two steps at the same time', async () => {
    const records = Array.from({ length: 20 }, (_, index) => risk(`R${index}`));
    const outcomes = await Promise.all([step(records), step(records.toReversed())]);
    expect(outcomes.reduce((sum, { counts: { created } }) => sum + created, 0)).toBe(20);
    expect(outcomes.reduce((sum, { counts: { unchanged } }) => sum + unchanged, 0)).toBe(20);
  });

  it('is seen in lists and totals that were read before', async () => {
    const totals = async (): Promise<number> => (await admin.get(`/api/v1/risks?limit=1&total=true`)).body.total;
    const before = await totals();
    await step([risk('A'), risk('B')]);
    expect(await totals()).toBe(before + 2);
    const { id } = await find('A');
    await step([risk('A', { title: 'Evicted' })]);
    expect((await admin.get(`/api/v1/risks/${id}`)).body.title).toBe('Evicted');
  });

  describe('as a likelihood', () => {
    let cve: string;
    beforeEach(() => (cve = `CVE-2024-${Math.floor(Math.random() * 1e15)}`));

    it('reaches every risk with that CVE, whoever brought it, and nobody else', async () => {
      const fields = { customFields: { cveId: cve } };
      const byHand = await addRisk(admin, { probability: 1, impact: 3, ...fields });
      await step([risk('A', { probability: 1, ...fields })]);
      const epss = `${connector}-epss`;
      const other = `CVE-1999-${Math.floor(Math.random() * 1e15)}`;
      expect((await step([likelihood(cve, 4, 0.3), likelihood(other, 5, 0.9)], { as: epss })).counts).toEqual({
        ...counts,
        ...{ read: 3, updated: 2, skipped: 1 },
      });
      const expected = { probability: 4, customFields: { cveId: cve, epssScore: 0.3, epssPercentile: 0.5 } };
      expect(await find('A')).toMatchObject(expected);
      expect((await admin.get(`/api/v1/risks/${byHand.id}`)).body).toMatchObject({ ...expected, score: 12 });
      // What moves with everybody else's scores is no news.
      expect((await step([likelihood(cve, 4, 0.3, 0.51)], { as: epss })).counts).toMatchObject({ unchanged: 2 });
      expect((await step([likelihood(cve, 4, 0.31)], { as: epss })).counts).toMatchObject({ updated: 2 });
      // What the risk's own source says as before stays out of it.
      expect((await step([risk('A', { probability: 1, ...fields })])).counts).toMatchObject({ unchanged: 1 });
      expect((await find('A')).probability).toBe(4);
    });

    it('never speaks against exploitation that was seen, and leaves a rating of somebody here', async () => {
      await step([risk('A', { customFields: { cveId: cve, knownRansomware: false } })]);
      const epss = `${connector}-epss`;
      expect((await step([likelihood(cve, 1, 0.0004)], { as: epss })).counts).toMatchObject({ updated: 1 });
      const { id, probability, version } = await find('A');
      expect(probability).toBe(4);
      await admin.patch(`/api/v1/risks/${id}`, { probability: 2 }, ifVersion(version));
      await step([likelihood(cve, 1, 0.0005)], { as: epss });
      expect(await find('A')).toMatchObject({ probability: 2, customFields: { epssScore: 0.0005 } });
      await step([likelihood(cve, 5, 0.7)], { as: epss });
      expect((await find('A')).probability).toBe(5);
    });
  });
});
