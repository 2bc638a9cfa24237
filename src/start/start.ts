import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { readConfig, type Environment } from '../config/read-config';
import { HttpConfig } from '../http/http.config';
import { MetricsConfig } from '../metrics/metrics.config';
import { serve, type Served } from '../serve';
import { printSetupNotice } from '../setup-notice';
import { untilSignal } from '../until-signal';
import { ensureDemo } from './demo/ensure-demo';
import { assertPortFree } from './free-port';
import { helpText } from './help';
import { Installation } from './installation';
import { prepareEnvironment } from './prepare-environment';
import { report, welcome } from './report';
import { StartConfig } from './start.config';

/** `npm start`: everything that is missing is brought along, then the product runs until Ctrl-C. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, port: { type: 'string' }, 'no-demo': { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(helpText());
    return;
  }
  const stop = untilSignal();
  const given = { ...process.env, ...(values.port === undefined ? {} : { PORT: values.port }) };
  await run(given, values['no-demo'] !== true, stop);
}

async function run(given: Environment, withDemo: boolean, stop: Promise<unknown>): Promise<void> {
  const { home, demoPassword } = readConfig(StartConfig, given);
  const { host, port } = readConfig(HttpConfig, given);
  await assertPortFree('PORT', port, host);
  await assertPortFree('METRICS_PORT', readConfig(MetricsConfig, given).port, host);
  const installation = await Installation.open(home);
  const prepared = await prepareEnvironment(given, installation, report);
  let served: Served | undefined;
  try {
    report('Starting the application');
    served = await serve(prepared.env);
    const password = demoPassword ?? (await installation.secret('demo-password', 12));
    if (withDemo) await ensureDemo(served.app, password, report);
    const databaseUrl = prepared.env['DATABASE_URL'];
    await installation.rememberInstance({ pid: process.pid, url: served.url, databaseUrl });
    welcome(served, withDemo ? password : undefined);
    if (!withDemo) await printSetupNotice(served);
    await stop;
    report('Stopping');
  } finally {
    await installation.forgetInstance();
    await served?.close();
    await prepared.stop();
  }
}

main().then(
  // Everything is closed; a client that holds its connection must not keep the process.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
