import { randomUUID } from 'node:crypto';
import { connector } from '../../../src/marketplace/connectors/dependency-track';
import { checksOf, recordsOf, stepsOf } from '../../support/connector-steps';
import { json, openSource, status, type SourceServer } from '../../support/source-server';

const finding = (project: string, index: number): object => ({
  component: { uuid: randomUUID(), name: `lib-${index}`, version: '1.2.3', purl: 'pkg:npm/lib@1.2.3', project },
  vulnerability: {
    ...{ uuid: randomUUID(), source: 'NVD', vulnId: `CVE-2024-${1000 + index}`, severity: 'CRITICAL', severityRank: 0 },
    ...{ description: 'As found.', recommendation: 'Update.', cwes: [{ cweId: 79, name: 'XSS' }] },
    ...{ epssScore: 0.6, epssPercentile: 0.99, cvssV3BaseScore: 9.8, aliases: [] },
  },
  analysis: { isSuppressed: false, state: 'NOT_SET' },
  attribution: { analyzerIdentity: 'OSSINDEX_ANALYZER', attributedOn: 1_700_000_000_000 },
  matrix: `${project}:lib-${index}:${index}`,
});

describe('findings of Dependency-Track', () => {
  let source: SourceServer;
  const apiKey = 'odt_secret';
  beforeAll(async () => (source = await openSource()));
  afterAll(() => source.close());

  const serve = (projects: readonly (readonly [id: string, findings: readonly unknown[]])[]) => {
    source.answer = (request, response) => {
      const { searchParams, pathname } = new URL(request.url ?? '', source.url);
      if (request.headers['x-api-key'] !== apiKey) return status(401)(request, response);
      if (pathname === '/api/v1/project') {
        const start = (Number(searchParams.get('pageNumber')) - 1) * 100;
        const page = projects.slice(start, start + 100).map(([uuid]) => ({ uuid, name: uuid }));
        return json(page, { 'x-total-count': String(projects.length) })(request, response);
      }
      const found = projects.find(([id]) => pathname === `/api/v1/finding/project/${id}`);
      return found ? json(found[1])(request, response) : status(404)(request, response);
    };
    return { url: source.url, apiKey };
  };
  const project = (count: number): readonly [string, readonly unknown[]] => {
    const id = randomUUID();
    return [id, Array.from({ length: count }, (_, index) => finding(id, index))];
  };

  it('are those of all projects, page by page, and go on from the project that was not done', async () => {
    const projects = Array.from({ length: 203 }, (_, index) => project(index % 50 === 0 ? 2 : 0));
    const configuration = serve(projects);
    const steps = await stepsOf(connector, configuration);
    expect(recordsOf(steps)).toHaveLength(10);
    expect(steps.at(-1)).toEqual({ records: [], complete: true, checkpoint: '203' });
    expect(steps.filter(({ complete }) => complete)).toHaveLength(1);
    const asked = source.asked.length;
    const rest = await stepsOf(connector, configuration, { checkpoint: '200' });
    expect(recordsOf(rest)).toHaveLength(2);
    expect(source.asked.slice(asked)).toHaveLength(4);
    expect(await checksOf(connector, configuration)).toEqual([{ name: 'The projects can be read', ok: true }]);
    expect(await checksOf(connector, { ...configuration, apiKey: 'wrong' })).toMatchObject([{ ok: false }]);
  });

  it('become risks: severity is the impact, EPSS the probability', async () => {
    const [record] = recordsOf(await stepsOf(connector, serve([project(1)])));
    expect(record).toMatchObject({
      row: {
        problems: [],
        candidate: {
          ...{ title: 'CVE-2024-1000 in lib-0', probability: 5, impact: 5, status: 'IDENTIFIED' },
          ...{ description: 'As found.\n\nMitigation: Update.', tags: ['CVE-2024-1000', 'CWE-79'] },
          customFields: { cveId: 'CVE-2024-1000', component: 'lib-0', componentVersion: '1.2.3', cvssV3Score: 9.8 },
        },
      },
    });
  });

  it('of one large project come in several steps; before the last one it is not done', async () => {
    const steps = await stepsOf(connector, serve([project(1_100)]));
    expect(steps.map(({ records, checkpoint }) => [records.length, checkpoint])).toEqual([
      ...[
        [500, '0'],
        [500, '0'],
        [100, '1'],
        [0, '1'],
      ],
    ]);
  });

  it.each([
    ['no list of projects', '{}', 'page of projects'],
    ['a project whose id leads elsewhere', '[{"uuid": "../../../admin/users/x?a=b#cdefghijklmno"}]', 'without a UUID'],
    ['fewer projects than it says', '[]', 'but lists 0'],
  ])('of a source with %s fail', async (_, body, words) => {
    source.answer = (_request, response) => response.writeHead(200, { 'x-total-count': '5' }).end(body);
    await expect(stepsOf(connector, { url: source.url, apiKey })).rejects.toThrow(words);
  });
});
