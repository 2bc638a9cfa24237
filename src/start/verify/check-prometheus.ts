import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectThat, type Checklist } from './checklist';
import { jsonOf, type Deployment } from './deployment';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { name: string; type: string; health: string; state?: string }[];
  }[];
}

interface Targets {
  readonly activeTargets: readonly { labels: { job: string }; scrapeUrl: string; health: string; lastError: string }[];
}

interface Alertmanagers {
  readonly activeAlertmanagers: readonly { readonly url: string }[];
}

/** @param folder with the rules that should be loaded */
export async function checkPrometheus(checklist: Checklist, prometheus: Deployment, folder: string): Promise<void> {
  await checklist.check('alerts loaded', async () => {
    const expected = await alertsIn(folder);
    const { groups } = (await query(prometheus, 'rules')) as Rules;
    const loaded = groups.flatMap(({ rules }) => rules);
    const alerts = new Set(loaded.filter(({ type }) => type === 'alerting').map(({ name }) => name));
    const missing = expected.filter((name) => !alerts.has(name));
    expectThat(alerts.size > 0, 'no alert is loaded');
    expectThat(missing.length === 0, `not loaded: ${missing.join(', ')}`);
    const broken = loaded.filter(({ health }) => health === 'err').map(({ name }) => name);
    expectThat(broken.length === 0, `cannot be evaluated: ${broken.join(', ')}`);
    const firing = loaded
      .filter(({ state, name }) => state === 'firing' && name !== 'Watchdog')
      .map(({ name }) => name);
    return `${alerts.size}, ${firing.length === 0 ? 'none is firing' : `firing now: ${[...new Set(firing)].join(', ')}`}`;
  });
  await checklist.check('everything is scraped', async () => {
    const { activeTargets } = (await query(prometheus, 'targets?state=active')) as Targets;
    expectThat(activeTargets.length > 0, 'there is no target');
    const away = activeTargets.filter(({ health }) => health !== 'up');
    expectThat(away.length === 0, away.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`).join('; '));
    return [...new Set(activeTargets.map(({ labels }) => labels.job))].sort().join(', ');
  });
  await checklist.check('alerts go somewhere', async () => {
    const { activeAlertmanagers } = (await query(prometheus, 'alertmanagers')) as Alertmanagers;
    expectThat(activeAlertmanagers.length > 0, 'Prometheus knows no Alertmanager');
    return activeAlertmanagers.map(({ url }) => new URL(url).host).join(', ');
  });
}

async function query(prometheus: Deployment, path: string): Promise<unknown> {
  const answer = await prometheus.ask(`/api/v1/${path}`);
  expectThat(answer.status === 200, `Prometheus answers ${answer.status}`);
  return (jsonOf(answer) as { data: unknown }).data;
}

/** None where the rules were not brought along. */
async function alertsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^[ -]*alert: *["']?(\w+)/gm)].map(([, name = '']) => name));
}
