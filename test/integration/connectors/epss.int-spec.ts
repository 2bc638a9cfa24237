import { gzipSync } from 'node:zlib';
import { connector } from '../../../src/marketplace/connectors/epss';
import { checksOf, recordsOf, stepsOf } from '../../support/connector-steps';
import { openSource, type SourceServer } from '../../support/source-server';

const header = '#model_version:v2025.03.14,score_date:2025-08-14T12:55:00Z\ncve,epss,percentile\n';
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `CVE-2024-${10_000 + index},0.00${index % 9}42,0.${index % 10}1\n`).join(
    '',
  );

describe('EPSS scores', () => {
  let source: SourceServer;
  beforeAll(async () => (source = await openSource()));
  afterAll(() => source.close());

  const serve = (body: string | Buffer): { url: string } => {
    source.answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/gzip' }).end(body);
    return { url: `${source.url}/epss_scores-{date}.csv.gz?key=1` };
  };

  it('are read from the packed file, with the probability that follows, of today', async () => {
    const scores = 'CVE-2021-44228,0.94358,0.99957\nCVE-1999-0001,0.01141,0.77\nCVE-2000-0002,4.2e-4,0.1\n';
    const steps = await stepsOf(connector, serve(gzipSync(header + scores)));
    expect(steps).toEqual([{ records: expect.anything(), complete: true }]);
    expect(recordsOf(steps)).toEqual([
      { kind: 'likelihood', cve: 'CVE-2021-44228', probability: 5, epss: 0.94358, percentile: 0.99957 },
      { kind: 'likelihood', cve: 'CVE-1999-0001', probability: 3, epss: 0.01141, percentile: 0.77 },
      { kind: 'likelihood', cve: 'CVE-2000-0002', probability: 1, epss: 0.00042, percentile: 0.1 },
    ]);
    const today = new Date().toISOString().slice(0, 10);
    expect(source.asked.at(-1)).toMatch(
      new RegExp(`^/epss_scores-(${today}|\\d{4}-\\d\\d-\\d\\d)\\.csv\\.gz\\?key=1$`),
    );
    expect(await checksOf(connector, serve(gzipSync(header + scores)))).toEqual([
      { name: 'The scores can be read', ok: true },
    ]);
  });

  it('come in steps, and go on from a checkpoint in the same file only', async () => {
    const configuration = serve(header.replaceAll('\n', '\r\n') + lines(1_203));
    const steps = await stepsOf(connector, configuration);
    expect(steps.map(({ records }) => records.length)).toEqual([500, 500, 203]);
    const checkpoint = steps[0]?.checkpoint ?? '';
    const rest = await stepsOf(connector, configuration, { checkpoint });
    expect(recordsOf(rest)).toEqual(recordsOf(steps.slice(1)));
    const nextDay = serve(header.replace('08-14', '08-15') + lines(1_203));
    expect(recordsOf(await stepsOf(connector, nextDay, { checkpoint }))).toHaveLength(1_203);
  });

  it.each([
    ['something else', '<html>', 'no file of EPSS scores'],
    ['nothing', '', 'no file of EPSS scores'],
    ['other columns', '#model_version:v1\ncve,score\n', 'no file of EPSS scores'],
    ['a score beyond 1', `${header}CVE-2024-1000,1.5,0.5\n`, 'no score'],
    ['a score in words', `${header}CVE-2024-1000,NaN,0.5\n`, 'no score'],
    ['a negative score', `${header}CVE-2024-1000,-0.1,0.5\n`, 'no score'],
    ['no CVE', `${header}=cmd|1,0.5,0.5\n`, 'no score'],
    ['more columns', `${header}CVE-2024-1000,0.5,0.5,0.5\n`, 'no score'],
    ['a line without end', `${header}${'9'.repeat(100_000)}`, 'no score'],
    ['damaged packing', gzipSync(header + lines(1_000)).subarray(0, 300), 'packed in a damaged way'],
    ['a bomb', gzipSync(Buffer.alloc(160 * 1024 * 1024)), 'larger than any real ones'],
  ])('of %s are refused', async (_, file, words) => {
    const configuration = serve(file);
    await expect(stepsOf(connector, configuration)).rejects.toThrow(words);
  });
});
