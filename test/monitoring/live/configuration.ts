import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { run } from '../../setup/run';
import { root } from '../compose-files';
import { shorterRules, withShorter } from './shorter';
import type { Slack } from './slack';

interface Configuration {
  readonly folder: string;
  readonly factor: number;
  /** Address by the name of its job. */
  readonly targets: Readonly<Record<string, string>>;
  readonly slack: Slack;
  readonly promtool: string;
}

const ALERTMANAGER_DURATIONS = new Set(['group_wait', 'group_interval', 'repeat_interval']);
const DAY_SECONDS = 86_400;
const STEP_SECONDS = 5;

/** What monitoring/ ships, so many times faster and with the addresses of this run; and the history that some rules look back at. */
export async function writeConfiguration(configuration: Configuration): Promise<void> {
  const { folder, factor } = configuration;
  await mkdir(join(folder, 'rules'), { recursive: true });
  for (const [name, rules] of shorterRules(factor)) {
    await writeFile(join(folder, 'rules', `${name}.yml`), stringify(rules));
  }
  await writePrometheus(configuration);
  await writeAlertmanager(configuration);
  await writeHistory(configuration);
}

async function writePrometheus({ folder, targets }: Configuration): Promise<void> {
  const shipped = parse(await shippedFile('prometheus', 'prometheus.yml')) as {
    scrape_configs: { job_name: string }[];
  };
  const targetOf = (job: string): object => ({ job_name: job, static_configs: [{ targets: [targets[job]] }] });
  const written = {
    ...shipped,
    // Slower than so many times faster: what is scraped has two processors for everything here.
    global: { scrape_interval: '1500ms', scrape_timeout: '1500ms', evaluation_interval: '500ms' },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [targets['alertmanager']] }] }] },
    scrape_configs: shipped.scrape_configs.map(({ job_name: job }) => targetOf(job)),
  };
  await writeFile(join(folder, 'prometheus.yml'), stringify(written));
}

async function writeAlertmanager({ folder, factor, slack }: Configuration): Promise<void> {
  const shipped = parse(await shippedFile('alertmanager', 'alertmanager.yml'), { merge: true }) as {
    receivers: { slack_configs: { api_url_file: string }[] }[];
  };
  for (const config of shipped.receivers.flatMap(({ slack_configs: configs }) => configs)) {
    const channel = config.api_url_file.replace('/run/secrets/slack_', '');
    config.api_url_file = join(folder, `slack_${channel}`);
    await writeFile(config.api_url_file, slack.addressOf(channel));
  }
  const written = withShorter(shipped, ALERTMANAGER_DURATIONS, factor);
  await writeFile(join(folder, 'alertmanager.yml'), stringify(written));
}

/** A day and a half of quiet, so many times shorter: recorded before this Prometheus started. */
async function writeHistory({ folder, factor, promtool }: Configuration): Promise<void> {
  const now = Math.floor(Date.now() / 1_000);
  const times: number[] = [];
  for (let at = now - (1.5 * DAY_SECONDS) / factor; at <= now; at += STEP_SECONDS) times.push(at);
  const samples = (series: string, value: number): string[] => times.map((at) => `${series} ${value} ${at}`);
  const lines = [
    '# TYPE openrisk:authorization_denials:rate5m gauge',
    ...samples('openrisk:authorization_denials:rate5m', 0.01),
    '# TYPE openrisk_risks gauge',
    ...samples('openrisk_risks{severity="HIGH",status="IDENTIFIED"}', 1),
    '# EOF',
  ];
  const file = join(folder, 'history.txt');
  await writeFile(file, `${lines.join('\n')}\n`);
  const data = join(folder, 'prometheus');
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, data], { timeoutMs: 60_000 });
}

function shippedFile(...path: string[]): Promise<string> {
  return readFile(join(root, 'monitoring', ...path), 'utf8');
}
