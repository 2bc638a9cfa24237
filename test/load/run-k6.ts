import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement';
import type { ServerName } from './scenarios';

export interface Target {
  readonly url: string;
  readonly metricsUrl: string | undefined;
}

export interface Load {
  readonly scenario: string;
  readonly targets: Readonly<Partial<Record<ServerName, Target>>>;
  readonly emails: readonly string[];
  readonly password: string;
  readonly tenant: string | undefined;
  /** Of the durations; 1 is the full shape. */
  readonly scale: number;
  /** At a time, whatever the scenario says. */
  readonly mostUsers: number;
  readonly writesPercent: number;
  readonly soakMinutes: number;
}

/**
 * Lets k6 run a scenario to its end. Missed thresholds are in what it measured.
 * @throws Error when it did not get so far
 */
export async function runK6(program: string, load: Load): Promise<Measurement> {
  const directory = await mkdtemp(join(tmpdir(), 'openrisk-load-'));
  const summary = join(directory, 'summary.json');
  const script = join(__dirname, 'k6', `${load.scenario}.ts`);
  const showsProgress = process.stdout.isTTY;
  try {
    const args = ['run', '--address', '', '--no-usage-report', ...(showsProgress ? [] : ['--quiet']), script];
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], ...environmentOf(load), LOAD_SUMMARY: summary },
      stdio: ['ignore', showsProgress ? 'inherit' : 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const text = await readFile(summary, 'utf8').catch(() => {
      throw new Error(`k6 ended with ${code} and measured nothing: see what it said above.`);
    });
    return JSON.parse(text) as Measurement;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function environmentOf({ targets, emails, password, tenant, ...numbers }: Load): Record<string, string> {
  const addresses = Object.entries(targets).flatMap(([name, { url, metricsUrl }]) => [
    [`LOAD_${name.toUpperCase()}_URL`, url] as const,
    ...(metricsUrl === undefined ? [] : [[`LOAD_${name.toUpperCase()}_METRICS_URL`, metricsUrl] as const]),
  ]);
  return {
    ...Object.fromEntries(addresses),
    LOAD_EMAILS: emails.join(','),
    LOAD_PASSWORD: password,
    ...(tenant === undefined ? {} : { LOAD_TENANT: tenant }),
    LOAD_SCALE: String(numbers.scale),
    LOAD_USERS: String(numbers.mostUsers),
    LOAD_WRITES_PERCENT: String(numbers.writesPercent),
    LOAD_MINUTES: String(numbers.soakMinutes),
  };
}
