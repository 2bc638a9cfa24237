import 'reflect-metadata';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config/read-config';
import { logIn, logOut } from './import-client';
import { Installation } from './installation';
import { StartConfig } from './start.config';
import { tableText } from './table';
import { checkCache } from './verify/check-cache';
import { checkHealth } from './verify/check-health';
import { checkIsolation, checkTokens } from './verify/check-isolation';
import { checkMetrics } from './verify/check-metrics';
import { checkPrometheus } from './verify/check-prometheus';
import { Checklist } from './verify/checklist';
import { Deployment } from './verify/deployment';
import { ProbeAsset } from './verify/probe-asset';

const usage = `Checks a running OpenRisk from outside: health, metrics, cache, a write that the next read shows, tenants kept apart, alerts.

Usage: npm run verify -- [options]

Options:
  --url <url>             of the API; the one that \`npm start\` runs here unless given
  --metrics-url <url>     of the metrics, such as http://127.0.0.1:9464/metrics; once for each process
  --prometheus-url <url>  a Prometheus whose alerts should be those of monitoring/prometheus/rules
  --email <email>         admin@demo.openrisk.local unless given
  --tenant <slug>         for an account with several tenants
  --other-email <email>   somebody in another tenant, for the probe between tenants
  --other-tenant <slug>   that tenant; with it alone, the same account is used
  --help                  this text

The passwords come from OPENRISK_PASSWORD and OPENRISK_OTHER_PASSWORD; for the demo users it is known already. The account
needs asset:read, asset:create, asset:update and asset:delete, best in a tenant of its own: an asset is added, changed and
removed for good; its entries in the audit log stay. The other account may be one that can only read.
Exit code: 0 all is well, 2 something is not, 1 it could not be found out.
`;

const options = {
  url: { type: 'string' },
  'metrics-url': { type: 'string', multiple: true, default: [] as string[] },
  'prometheus-url': { type: 'string' },
  email: { type: 'string', default: 'admin@demo.openrisk.local' },
  tenant: { type: 'string' },
  'other-email': { type: 'string' },
  'other-tenant': { type: 'string' },
  help: { type: 'boolean' },
} as const;
const rulesFolder = join(__dirname, '..', '..', 'monitoring', 'prometheus', 'rules');

interface Account {
  readonly email: string;
  readonly password: string;
  readonly tenant: string | undefined;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const settings = readConfig(StartConfig, process.env);
  const installation = await Installation.open(settings.home);
  const url = values.url ?? (await installation.runningInstance())?.url;
  if (url === undefined) throw new Error('No server is running here: name one with --url.');
  const demoPassword = settings.demoPassword ?? (await installation.secret('demo-password', 12));
  const password = settings.importPassword ?? demoPassword;
  const account = { email: values.email, password, tenant: values.tenant };
  const [email, tenant] = [values['other-email'], values['other-tenant']];
  const isGiven = email !== undefined || tenant !== undefined;
  const other = { email: email ?? values.email, password: settings.otherPassword ?? password, tenant };

  const checklist = new Checklist();
  const stop = (): void => checklist.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const deployment = deploymentAt(url);
  await checkHealth(checklist, deployment);
  await checkMetrics(checklist, values['metrics-url'].map(deploymentAt));
  await asSomebody(checklist, deployment, account, isGiven ? other : undefined);
  const prometheus = values['prometheus-url'];
  if (prometheus === undefined) checklist.skip('alerts loaded', 'give --prometheus-url');
  else await checkPrometheus(checklist, deploymentAt(prometheus), rulesFolder);
  process.stdout.write(tableText(checklist.table()));
  if (checklist.failed) process.exitCode = 2;
}

function deploymentAt(url: string): Deployment {
  if (!URL.canParse(url)) throw new Error(`${url} is not a URL.`);
  return new Deployment(url.replace(/\/+$/, ''));
}

/** Everything that needs a token. Without one it is not known, and a check that is not known has failed. */
async function asSomebody(
  checklist: Checklist,
  deployment: Deployment,
  account: Account,
  other: Account | undefined,
): Promise<void> {
  await withToken(checklist, deployment, account, async (token) => {
    await checkTokens(checklist, deployment, token);
    const asset = new ProbeAsset(deployment, token);
    try {
      await checkCache(checklist, asset);
      if (other) {
        await withToken(checklist, deployment, other, (stranger) =>
          checkIsolation(checklist, deployment, asset, stranger),
        );
      } else checklist.skip('tenants are apart', 'give --other-email, --other-tenant or both');
    } finally {
      const remove = async (): Promise<string> => `${await asset.remove()} removed`;
      await checklist.check('nothing is left behind', remove, { always: true });
    }
  });
}

async function withToken(
  checklist: Checklist,
  deployment: Deployment,
  { email, password, tenant }: Account,
  work: (token: string) => Promise<void>,
): Promise<void> {
  let token: string | undefined;
  await checklist.check(`log in as ${email}`, async () => {
    token = await logIn(deployment.url, tenant === undefined ? { email, password } : { email, password, tenant });
    return tenant ?? '';
  });
  if (token === undefined) return;
  try {
    await work(token);
  } finally {
    await logOut(deployment.url, token);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
