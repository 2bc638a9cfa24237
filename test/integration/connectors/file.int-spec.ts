import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connector } from '../../../src/marketplace/connectors/file';
import { checksOf, recordsOf, stepsOf, titlesOf } from '../../support/connector-steps';
import { openSource, type SourceServer } from '../../support/source-server';

const folder = resolve(__dirname, '../../../../shared/data');
const isThere = existsSync(folder);
if (!isThere) console.log(`Skipped: ${folder} is absent`);

describe('a file at a URL', () => {
  let source: SourceServer;
  let authorization: unknown;
  beforeAll(async () => (source = await openSource()));
  afterAll(() => source.close());

  const serve = (body: string | Buffer): void => {
    source.answer = (request, response) => {
      authorization = request.headers.authorization;
      response.end(body);
    };
  };

  it('is read as an import would read it, and what is wrong in it is the problem of its row', async () => {
    serve('title,probability,impact,externalId\nGood,3,4,A\n,9,4,B\n');
    const configuration = { url: `${source.url}/register.csv`, authorization: 'Bearer secret' };
    const steps = await stepsOf(connector, configuration);
    expect(titlesOf(steps)).toEqual(['Good', undefined]);
    expect(steps).toMatchObject([{ total: 2, complete: true }]);
    expect(authorization).toBe('Bearer secret');
    expect(await checksOf(connector, configuration)).toEqual([{ name: 'The file can be read', ok: true }]);
  });

  it.each([
    ['goes on from a checkpoint, in the same file only', 10],
    ['goes on from a checkpoint, also where it is read in a thread of its own', 100],
  ])('%s', async (_, length) => {
    const rows = (count: number): string =>
      Array.from({ length: count }, (_row, index) => `${`R${index}`.padEnd(length)}.,3,4,${index}\n`).join('');
    const header = 'title,probability,impact,externalId\n';
    serve(header + rows(1_100));
    const steps = await stepsOf(connector, { url: source.url });
    expect(steps.map(({ records, complete }) => [records.length, complete])).toEqual([
      ...[
        [500, undefined],
        [500, undefined],
        [100, true],
      ],
    ]);
    const checkpoint = steps[1]?.checkpoint ?? '';
    expect(titlesOf(await stepsOf(connector, { url: source.url }, { checkpoint }))).toHaveLength(100);
    const end = steps[2]?.checkpoint ?? '';
    expect(await stepsOf(connector, { url: source.url }, { checkpoint: end })).toMatchObject([
      { records: [], complete: true },
    ]);
    serve(header + rows(1_101));
    expect(titlesOf(await stepsOf(connector, { url: source.url }, { checkpoint }))).toHaveLength(1_101);
  });

  it('that cannot be read is told in words', async () => {
    serve('<html>Sign in</html>');
    await expect(stepsOf(connector, { url: source.url })).rejects.toThrow('HTML document');
    expect(await checksOf(connector, { url: source.url })).toMatchObject([
      { ok: false, error: expect.stringContaining('HTML') },
    ]);
  });

  (isThere ? it : it.skip).each([
    ['ciso-assistant-risk-assessment.xlsx', 4],
    ['oscal-poam-example.json', 2],
    ['defectdojo/bash-report.sarif', 27],
    ['defectdojo/generic_report3.json', 4],
    ['defectdojo/generic_report1.csv', 1],
  ])('may be %s', async (name, count) => {
    serve(readFileSync(resolve(folder, name)));
    const records = recordsOf(await stepsOf(connector, { url: `${source.url}/${name}` }));
    expect(records.filter((record) => record.kind === 'risk' && record.row.candidate)).toHaveLength(count);
  });
});
