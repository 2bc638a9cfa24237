import { SecretConfig } from '../config/secret.config';
import { readConfig, type Environment } from '../config/read-config';
import { isPrivileged, provision, type ProvisionedUrls } from '../database/provision';
import { startEmbeddedPostgres } from './embedded-postgres';
import type { Installation } from './installation';

export interface PreparedEnvironment {
  readonly env: Environment;
  /** Stops what was started for it. */
  stop(): Promise<void>;
}

/**
 * Completes an environment with what a first-time user does not have: a secret, a database, its two roles.
 *
 * @param report gets one line per step that takes time
 */
export async function prepareEnvironment(
  given: Environment,
  installation: Installation,
  report: (line: string) => void,
): Promise<PreparedEnvironment> {
  const secret = given['OPENRISK_SECRET'] ?? (await installation.secret('secret', 48));
  // Nobody balances what somebody has started by hand.
  const env = { LOG_LEVEL: 'warn', HTTP_SHUTDOWN_GRACE_MS: '0', ...given, OPENRISK_SECRET: secret };
  readConfig(SecretConfig, env);
  if (given['DATABASE_URL'] !== undefined) {
    return { env: { ...env, ...(await rolesIn(given, secret, report)) }, stop: () => Promise.resolve() };
  }
  report('Starting the embedded Postgres');
  const postgres = await startEmbeddedPostgres({ directory: installation.directory, onProgress: report });
  try {
    const urls = await provision({ privilegedUrl: postgres.adminUrl, secret, database: 'openrisk' });
    return { env: { ...env, ...variablesOf(urls) }, stop: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** A superuser's URL is used once, to make the roles that the application and its migrations run as. */
async function rolesIn(given: Environment, secret: string, report: (line: string) => void): Promise<Environment> {
  const privilegedUrl = given['DATABASE_URL'] ?? '';
  if (given['DATABASE_OWNER_URL'] !== undefined || !(await isPrivileged(privilegedUrl))) return {};
  const database = decodeURIComponent(new URL(privilegedUrl).pathname.slice(1)) || 'openrisk';
  report(`Preparing the database ${database} and its roles`);
  const urls = await provision({ privilegedUrl, secret, database });
  return variablesOf(urls);
}

function variablesOf({ applicationUrl, ownerUrl }: ProvisionedUrls): Environment {
  return { DATABASE_URL: applicationUrl, DATABASE_OWNER_URL: ownerUrl };
}
