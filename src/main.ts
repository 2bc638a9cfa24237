import 'reflect-metadata';
import { serve } from './serve';
import { printSetupNotice } from './setup-notice';
import { untilSignal } from './until-signal';

/** The entry point of a deployment: everything comes from the environment, nothing is started beside it. */
async function main(): Promise<void> {
  const stop = untilSignal();
  const served = await serve(process.env);
  await printSetupNotice(served);
  await stop;
  await served.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
