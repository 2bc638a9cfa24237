import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connector } from '../../factories/connectors/acme-scanner';
import { checksOf, stepsOf, titlesOf } from '../../support/connector-steps';
import { json, openSource, status, type SourceServer } from '../../support/source-server';

const root = join(__dirname, '../../..');
const finding = (title: string): object => ({ title, severity: 'High', unique_id_from_tool: title });
const pages: Readonly<Record<string, object>> = {
  '0': { findings: [finding('A'), finding('B')], next: 'more' },
  more: { findings: [finding('C')], next: null },
};

describe('the connector of docs/connectors.md', () => {
  let source: SourceServer;
  let keys: unknown[] = [];
  beforeAll(async () => (source = await openSource()));
  afterAll(() => source.close());
  beforeEach(() => {
    keys = [];
    source.answer = (request, response) => {
      keys.push(request.headers['x-key']);
      const { pathname, searchParams } = new URL(request.url ?? '', source.url);
      const page = pathname === '/acme/findings' ? pages[searchParams.get('cursor') ?? ''] : undefined;
      (page ? json(page) : status(404))(request, response);
    };
  });
  const configuration = (): object => ({ url: `${source.url}/acme`, key: 'of-the-scanner' });

  it('is the one that runs here', async () => {
    const [, documented] = /```ts\n([^]*?)```/.exec(await readFile(join(root, 'docs/connectors.md'), 'utf8')) ?? [];
    const code = await readFile(join(root, 'test/factories/connectors/acme-scanner/index.ts'), 'utf8');
    const inItsFolder = code
      .replaceAll("'../../../../src/marketplace/", "'../../")
      .replaceAll("'../../../../src/", "'../../../");
    expect(documented).toBe(inItsFolder);
  });

  it('brings all findings, and goes on from where it was', async () => {
    const steps = await stepsOf(connector, configuration());
    expect(steps.map(({ checkpoint, complete }) => [checkpoint, complete])).toEqual([
      ['more', undefined],
      [undefined, true],
    ]);
    expect(titlesOf(steps)).toEqual(['A', 'B', 'C']);
    expect(titlesOf(await stepsOf(connector, configuration(), { checkpoint: 'more' }))).toEqual(['C']);
    expect(new Set(keys)).toEqual(new Set(['of-the-scanner']));
  });

  it('says whether the findings can be read', async () => {
    expect(await checksOf(connector, configuration())).toEqual([{ name: 'The findings can be read', ok: true }]);
    source.answer = status(401);
    expect(await checksOf(connector, configuration())).toMatchObject([{ ok: false, error: 'It answered 401' }]);
  });
});
