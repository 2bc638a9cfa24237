import { listenForMetrics } from '../../src/metrics/metrics-listener';
import { until } from '../support/until';

const READ_MS = 20_000;

/** What a scrape of this process brings: names of metrics, and the labels of each. */
export async function scrapedSeries(): Promise<Map<string, Set<string>>> {
  const series = new Map<string, Set<string>>();
  const listener = await listenForMetrics('127.0.0.1', 0);
  const url = `${await listener.getUrl()}/metrics`;
  let scraped = '';
  // What the registers hold is read behind the first scrapes.
  await until(async () => {
    scraped = await (await fetch(url)).text();
    return /^openrisk_tenants /m.test(scraped);
  }, READ_MS);
  await listener.close();
  for (const [, name = '', labels = ''] of scraped.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

/** Whether a metric is the application's own; others come from exporters. */
export function isOwnMetric(metric: string): boolean {
  return /^(openrisk_|http_server_|nodejs_|process_)/.test(metric);
}
