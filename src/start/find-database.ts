import { SecretConfig } from '../config/secret.config';
import { readConfig, type Environment } from '../config/read-config';
import { DatabaseConfig } from '../database/database.config';
import { Installation } from './installation';
import { prepareEnvironment } from './prepare-environment';
import { StartConfig } from './start.config';

export interface FoundDatabase {
  /** As the application connects. */
  readonly url: string;
  /** Stops what was started for it. */
  close(): Promise<void>;
}

/** That of DATABASE_URL; else that of `npm start` here, running or not. */
export async function findDatabase(env: Environment): Promise<FoundDatabase> {
  const given = env['DATABASE_URL'];
  if (given !== undefined) return { url: given, close: () => Promise.resolve() };
  const installation = await installationOf(env);
  const running = (await installation.runningInstance())?.databaseUrl;
  if (running !== undefined) return { url: running, close: () => Promise.resolve() };
  const prepared = await prepareEnvironment(env, installation, () => undefined);
  const { applicationUrl = '' } = readConfig(DatabaseConfig, prepared.env);
  return { url: applicationUrl, close: () => prepared.stop() };
}

/** That of OPENRISK_SECRET; else the one that `npm start` has made here. */
export async function findSecret(env: Environment): Promise<SecretConfig> {
  const secret = env['OPENRISK_SECRET'] ?? (await (await installationOf(env)).secret('secret', 48));
  return readConfig(SecretConfig, { OPENRISK_SECRET: secret });
}

function installationOf(env: Environment): Promise<Installation> {
  return Installation.open(readConfig(StartConfig, env).home);
}
