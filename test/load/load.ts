import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUp } from '../setup/cleanup';
import globalSetup from '../setup/global-setup';
import { messageOf } from '../setup/run';
import { runNode } from '../support/product-process';
import { findOrBuildK6 } from './k6-program';
import { runK6, type Load } from './run-k6';
import { scenarios, type Scenario } from './scenarios';
import { startServers, type LoadServers } from './servers';
import { summarize } from './summary';
import { describeLoad, describeReads } from './tables';

const list = Object.entries(scenarios).map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`);
const HELP = `npm run load -- <scenario> [options]

${list.join('\n')}

  --scale N               of all durations; 0.05 for a look (1)
  --users N               no more than so many at a time
  --writes PERCENT        of all requests (5; 0 with --url)
  --risks N               how many there are besides those of the demo, in what it starts (10000)
  --minutes N             how long soak lasts (10)
  --reads                 tells as well what each kind of read came to
  --out FILE              all figures (.openrisk/load-<scenario>.json)

It starts two processes at most, a Postgres and a Redis, unless it is told whom to ask:

  --url URL               a server with its cache on
  --metrics-url URL       its metrics, such as http://127.0.0.1:9464/metrics: of one process, not of several behind a balancer
  --uncached-url URL      one with CACHE_ENABLED=false on the same Postgres and Redis, for baseline and warm
  --uncached-metrics-url URL
  --email EMAIL           who asks; may be repeated, and each user is one of them (admin@demo.openrisk.local)
  --tenant SLUG           for accounts with several tenants

The password comes from OPENRISK_PASSWORD. Its rate limits must be out of the way (RATE_LIMIT_ENABLED=false), and with --writes it
changes risks, mitigations and assets, and comments: in a tenant that is there for it.
Exit code: 0 all is as it should be, 2 something is not, 1 it could not be found out.
`;

const options = {
  help: { type: 'boolean' },
  scale: { type: 'string', default: '1' },
  users: { type: 'string', default: '1000' },
  writes: { type: 'string' },
  risks: { type: 'string', default: '10000' },
  minutes: { type: 'string', default: '10' },
  reads: { type: 'boolean' },
  out: { type: 'string' },
  url: { type: 'string' },
  'metrics-url': { type: 'string' },
  'uncached-url': { type: 'string' },
  'uncached-metrics-url': { type: 'string' },
  email: { type: 'string', multiple: true, default: ['admin@demo.openrisk.local'] as string[] },
  tenant: { type: 'string' },
} as const;

/** Whom to ask, as far as it was said. */
interface Given {
  readonly url?: string | undefined;
  readonly 'metrics-url'?: string | undefined;
  readonly 'uncached-url'?: string | undefined;
  readonly 'uncached-metrics-url'?: string | undefined;
  readonly email: readonly string[];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [name = '', ...more] = positionals;
  const scenario = scenarios[name];
  if (values.help || !scenario || more.length > 0) {
    process.stdout.write(HELP);
    if (!values.help) process.exitCode = 1;
    return;
  }
  const isElsewhere = values.url !== undefined || values['uncached-url'] !== undefined;
  const [scale, minutes, risks] = [
    positive('scale', values.scale),
    positive('minutes', values.minutes),
    Number(values.risks),
  ];
  const writesPercent = Number(values.writes ?? (isElsewhere ? 0 : 5));
  const k6 = await findOrBuildK6(say);
  const servers = isElsewhere ? givenServers(scenario, values) : await ownServers(scenario, risks);
  const load: Load = {
    scenario: name,
    ...servers,
    tenant: values.tenant,
    ...{ scale, writesPercent, soakMinutes: minutes, mostUsers: positive('users', values.users) },
  };
  say(`${name}: ${scenario.about}${scale === 1 ? '' : `, times ${scale}`}, ${writesPercent} % writes`);
  const at = new Date().toISOString();
  const measured = await runK6(k6, load);
  const summary = summarize(measured);
  say(describeLoad(summary));
  if (values.reads) say(describeReads(summary.reads));
  const out = values.out ?? join('.openrisk', `load-${name}.json`);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(
    out,
    `${JSON.stringify({ at, risks: isElsewhere ? undefined : risks, writesPercent, ...summary, measured }, undefined, 1)}\n`,
  );
  say(`all figures: ${out}`);
  if (summary.checks.some(({ ok }) => !ok)) process.exitCode = 2;
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (value > 0) return value;
  throw new Error(`--${name} must be a number above 0, and is ${given}`);
}

function givenServers({ needs }: Scenario, values: Given): LoadServers {
  const { url, 'uncached-url': uncachedUrl, email } = values;
  const password = process.env['OPENRISK_PASSWORD'];
  if (password === undefined) throw new Error('Set OPENRISK_PASSWORD.');
  const targets = {
    ...(url !== undefined && { cached: { url: trimmed(url), metricsUrl: values['metrics-url'] } }),
    ...(uncachedUrl !== undefined && {
      uncached: { url: trimmed(uncachedUrl), metricsUrl: values['uncached-metrics-url'] },
    }),
  };
  const missing = needs.filter((server) => !(server in targets));
  if (missing.length > 0)
    throw new Error(`This scenario asks a server that is ${missing.join(' and one that is ')}: see --help`);
  return { targets, emails: email, password };
}

function trimmed(url: string): string {
  if (!URL.canParse(url)) throw new Error(`${url} is not a URL.`);
  return url.replace(/\/+$/, '');
}

async function ownServers({ needs }: Scenario, risks: number): Promise<LoadServers> {
  say('Starting Postgres, Redis and the application');
  await globalSetup();
  const start = join(__dirname, '..', '..', 'dist', 'start', 'start.js');
  const redisUrl = process.env['OPENRISK_TEST_REDIS_URL'] ?? '';
  return startServers({ names: needs, risks, redisUrl, launch: (env) => runNode([start], env) });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => cleanUp());
