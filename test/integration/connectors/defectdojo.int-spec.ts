import { connector } from '../../../src/marketplace/connectors/defectdojo';
import { checksOf, recordsOf, stepsOf, titlesOf } from '../../support/connector-steps';
import { json, openSource, type SourceServer } from '../../support/source-server';

/** As the API v2 tells it. */
const finding = (id: number, change: object = {}): object => ({
  ...{ id, title: `Finding ${id}`, description: 'As found.', severity: 'High', cwe: 89, cvssv3: null, active: true },
  ...{ vulnerability_ids: [{ vulnerability_id: `CVE-2024-${1000 + id}` }], epss_score: 0.2, epss_percentile: 0.95 },
  ...{ tags: ['web'], date: '2025-01-30', mitigated: null, endpoints: [1, 2], test: 3, found_by: [1], notes: [] },
  ...{ hash_code: 'abc', numerical_severity: 'S1', component_name: null, planned_remediation_date: null, ...change },
});

describe('findings of DefectDojo', () => {
  let source: SourceServer;
  const token = 'dd-secret-token';
  let authorizations: unknown[] = [];
  beforeAll(async () => (source = await openSource()));
  afterAll(() => source.close());
  beforeEach(() => (authorizations = []));

  /** Pages as the API makes them. */
  const serve = (findings: readonly unknown[]): { url: string; token: string } => {
    source.answer = (request, response) => {
      authorizations.push(request.headers.authorization);
      const { searchParams, pathname } = new URL(request.url ?? '', source.url);
      expect(pathname).toBe('/dojo/api/v2/findings/');
      const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
      const next = offset + limit < findings.length ? 'http://169.254.169.254/latest/meta-data/' : null;
      const page = { count: findings.length, next, previous: null, results: findings.slice(offset, offset + limit) };
      json(page)(request, response);
    };
    return { url: `${source.url}/dojo/`, token };
  };

  it('are read page by page, from the address that was configured, with the token', async () => {
    const findings = Array.from({ length: 601 }, (_, index) => finding(index + 1));
    const steps = await stepsOf(connector, serve(findings));
    expect(
      steps.map(({ records, checkpoint, total, complete }) => [records.length, checkpoint, total, complete]),
    ).toEqual([
      [250, '250', 601, undefined],
      [250, '500', 601, undefined],
      [101, '601', 601, true],
    ]);
    expect(titlesOf(steps)).toEqual(Array.from({ length: 601 }, (_, index) => `Finding ${index + 1}`));
    expect(new Set(authorizations)).toEqual(new Set([`Token ${token}`]));
    const rest = await stepsOf(connector, serve(findings), { checkpoint: '500' });
    expect(titlesOf(rest)).toEqual(titlesOf(steps.slice(2)));
    expect(source.asked.at(-1)).toContain('active=true&duplicate=false');
    expect(await checksOf(connector, serve(findings))).toEqual([{ name: 'The findings can be read', ok: true }]);
  });

  it('become risks that are known by their number in that installation', async () => {
    const host = new URL(source.url).host;
    const [record] = recordsOf(await stepsOf(connector, serve([finding(7, { mitigated: '2025-02-01T10:00:00Z' })])));
    expect(record).toMatchObject({
      kind: 'risk',
      row: {
        problems: [],
        candidate: {
          ...{ externalId: `${host}/finding/7`, title: 'Finding 7', probability: 4, impact: 4, status: 'IDENTIFIED' },
          customFields: { cveId: 'CVE-2024-1007', cwe: 'CWE-89', epssScore: 0.2, mitigatedOn: '2025-02-01' },
        },
      },
    });
  });

  it('that are hostile are the problem of their row', async () => {
    const rows = [finding(1, { title: 'a\0b' }), finding(2, { severity: { $ne: null } }), 'nonsense', finding(4)];
    const records = recordsOf(await stepsOf(connector, serve(rows)));
    expect(records.map((record) => record.kind === 'risk' && record.row.candidate !== undefined)).toEqual([
      ...[false, false, false, true],
    ]);
  });

  it.each([
    ['no JSON', '<html>', 'did not answer in JSON'],
    ['another shape', '{"results": {}}', 'page of findings'],
    [
      'more than was asked for',
      JSON.stringify({ count: 1, next: null, results: Array(251).fill({}) }),
      'more than the 250',
    ],
    [
      'pages that are empty but not the last',
      JSON.stringify({ count: 9, next: 'x', results: [] }),
      'does not end there',
    ],
  ])('of a source that answers with %s fail', async (_, body, words) => {
    source.answer = (_request, response) => response.end(body);
    await expect(stepsOf(connector, { url: source.url, token })).rejects.toThrow(words);
  });

  it('without end are noticed as soon as there are more than the source says', async () => {
    const endless = Array.from({ length: 250 }, (_, index) => finding(index + 1));
    source.answer = json({ count: 700, next: 'x', results: endless });
    await expect(stepsOf(connector, { url: source.url, token })).rejects.toThrow(
      'it has 700 findings, but does not end',
    );
  });
});
