import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createTestApp, type TestApp } from '../support/test-app';
import { root } from './compose-files';
import { dashboardOf } from './dashboards/dashboard';
import { pages } from './dashboards/pages';
import { assertParses, selectorsIn } from './promql';
import { ruleFiles, rulesOf } from './rule-files';
import { isOwnMetric, scrapedSeries } from './scraped-series';

const grafana = join(root, 'monitoring', 'grafana');
const queries = pages.flatMap(({ rows }) =>
  Object.values(rows).flatMap((panels) => panels.flatMap((panel) => Object.values(panel.queries))),
);

describe('The dashboards', () => {
  it.each(pages.map((page) => [page.uid, page] as const))(
    '%s is what its code makes of it: npm run docs',
    (uid, page) => {
      const file = join(grafana, 'dashboards', `${uid}.json`);
      const made = `${JSON.stringify(dashboardOf(page), null, 2)}\n`;
      if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);
      expect(readFileSync(file, 'utf8')).toBe(made);
    },
  );

  it('ask the data source that is provisioned', () => {
    const provisioned = readFileSync(join(grafana, 'provisioning', 'datasources', 'prometheus.yml'), 'utf8');
    const { datasources } = parse(provisioned) as { datasources: { uid: string }[] };
    const asked = pages.flatMap((page) => [...JSON.stringify(dashboardOf(page)).matchAll(/"datasource":(\{.*?\})/g)]);
    expect(asked.length).toBeGreaterThan(20);
    for (const [, source = ''] of asked) expect(JSON.parse(source)).toMatchObject({ uid: datasources[0]!.uid });
  });

  it.each(queries)('parse: %s', (query) => {
    expect(() => assertParses(query)).not.toThrow();
  });
});

describe('No panel', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    await app.as('viewer').get('/api/v1/risks');
  });
  afterAll(() => app.close());

  it('shows a metric or a label that the application does not have, or a recording that nobody makes', async () => {
    const exposed = await scrapedSeries();
    const recorded = [...ruleFiles().values()].flatMap(rulesOf).map(({ record }) => record);
    for (const { metric, labels } of queries.flatMap(selectorsIn)) {
      if (metric.includes(':')) expect(recorded).toContain(metric);
      if (!isOwnMetric(metric)) continue;
      expect([...exposed.keys()]).toContain(metric);
      const known = [...(exposed.get(metric) ?? []), 'job', 'instance'];
      for (const label of labels) expect({ metric, known }).toEqual({ metric, known: expect.arrayContaining([label]) });
    }
  });
});
