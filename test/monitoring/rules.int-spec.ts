import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createTestApp, type TestApp } from '../support/test-app';
import { composeFile, root } from './compose-files';
import { assertParses, selectorsIn } from './promql';
import { ruleFiles, rulesOf, ruleTestFiles, testsOf } from './rule-files';
import { isOwnMetric, scrapedSeries } from './scraped-series';

const files = ruleFiles();
const rules = [...files.values()].flatMap(rulesOf);
const alerts = [...files].flatMap(([file, content]) =>
  rulesOf(content).flatMap((rule) => (rule.alert === undefined ? [] : [[rule.alert, rule, file] as const])),
);

describe('Every alert', () => {
  it('has a name of its own', () => {
    expect(new Set(alerts.map(([name]) => name)).size).toBe(alerts.length);
    expect(alerts.length).toBeGreaterThanOrEqual(27);
  });

  it.each(alerts)('%s says how bad it is, what it is about, and what it means', (_name, { labels, annotations }) => {
    expect(labels).toEqual({
      severity: expect.stringMatching(/^(critical|warning|none)$/),
      component: expect.stringMatching(/^(api|cache|redis|postgres|security|jobs|monitoring)$/),
      category: expect.stringMatching(/^(availability|performance|security)$/),
    });
    expect(annotations).toEqual({
      summary: expect.any(String),
      description: expect.any(String),
      runbook_url: expect.any(String),
    });
  });

  it.each(alerts)('%s has a runbook that says what to do', (name, { annotations }) => {
    const page = readFileSync(join(root, annotations?.['runbook_url'] ?? ''), 'utf8');
    expect(page.split('\n')[0]).toBe(`# ${name}`);
    expect(page).toMatch(/\n## What it means\n[^]+\n## Find out\n\n- [^]+\n## Do\n\n- /);
  });

  it.each(alerts)('%s has a test in which it fires, and one in which it does not', (name, _rule, file) => {
    const tests = testsOf(name, ruleTestFiles().get(file)!);
    const ends = tests.map(({ promql_expr_test: checks }) => checks.some(({ exp_samples: found }) => found.length > 0));
    expect(ends).toContain(true);
    if (name !== 'Watchdog') expect(ends).toContain(false);
  });

  it('is there for each runbook, and each link between runbooks leads to one', () => {
    const folder = join(root, 'docs', 'runbooks');
    const pages = readdirSync(folder);
    expect(pages).toHaveLength(alerts.length);
    for (const page of pages) {
      for (const [, link = ''] of readFileSync(join(folder, page), 'utf8').matchAll(/\]\(([^)]+)\)/g)) {
        const [file = '', heading = ''] = link.split('#');
        const target = join(folder, file);
        const text = existsSync(target) ? readFileSync(target, 'utf8') : 'nothing';
        const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
          title.toLowerCase().replaceAll(' ', '-'),
        );
        expect([page, link, existsSync(target), heading === '' || headings.includes(heading)]).toEqual([
          ...[page, link, true, true],
        ]);
      }
    }
  });
});

describe('The rules', () => {
  let app: TestApp;
  let exposed: Map<string, Set<string>>;

  beforeAll(async () => {
    app = await createTestApp();
    await app.as('viewer').get('/api/v1/risks');
    exposed = await scrapedSeries();
  });
  afterAll(() => app.close());

  it.each(rules.map(({ alert, record, expr }) => [alert ?? record, expr]))('parse: %s', (_name, expr) => {
    expect(() => assertParses(expr)).not.toThrow();
  });

  it('name no metric and no label that the application does not expose, and no recording that nobody makes', () => {
    const recorded = new Set(rules.map(({ record }) => record));
    let seen = 0;
    for (const { metric, labels } of rules.flatMap(({ expr }) => selectorsIn(expr))) {
      if (metric.includes(':')) expect(recorded).toContain(metric);
      if (!isOwnMetric(metric)) continue;
      seen++;
      expect([...exposed.keys()]).toContain(metric);
      const known = [...(exposed.get(metric) ?? []), 'job', 'instance'];
      for (const label of labels) expect({ metric, known }).toEqual({ metric, known: expect.arrayContaining([label]) });
    }
    expect(seen).toBeGreaterThan(20);
  });
});

describe('Alertmanager', () => {
  const text = readFileSync(join(root, 'monitoring', 'alertmanager', 'alertmanager.yml'), 'utf8');
  const { receivers } = parse(text) as { receivers: { name: string; slack_configs: { api_url_file: string }[] }[] };

  it('has a channel of its own for each receiver, whose address is a secret that compose hands to it', () => {
    const { secrets = [] } = composeFile('compose.monitoring.yaml').services['alertmanager']!;
    const addresses = receivers.flatMap(({ slack_configs: configs }) => configs.map(({ api_url_file: file }) => file));
    expect(receivers.map(({ name }) => name)).toEqual(['default', 'critical', 'performance', 'security']);
    expect(addresses.sort()).toEqual(secrets.map((name) => `/run/secrets/${name}`).sort());
  });
});
