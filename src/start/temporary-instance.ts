import type { Environment } from '../config/read-config';
import { serve } from '../serve';
import { ensureDemo } from './demo/ensure-demo';
import type { Installation } from './installation';
import { prepareEnvironment } from './prepare-environment';
import { report } from './report';

/** A server that a command can talk to, and what is to be done when it has. */
export interface Reachable {
  readonly url: string;
  close(): Promise<void>;
}

/** Runs the product on free ports for as long as one command needs it. */
export async function startTemporarily(installation: Installation, demoPassword: string): Promise<Reachable> {
  report('No server is running here: starting one for this command');
  const given: Environment = { ...process.env, PORT: '0', METRICS_PORT: '0' };
  const prepared = await prepareEnvironment(given, installation, report);
  try {
    const served = await serve(prepared.env);
    await ensureDemo(served.app, demoPassword, report);
    const close = async (): Promise<void> => {
      await served.close();
      await prepared.stop();
    };
    return { url: served.url, close };
  } catch (error) {
    await prepared.stop();
    throw error;
  }
}
