import 'reflect-metadata';
import { readConfig } from './config/read-config';
import { DatabaseConfig } from './database/database.config';
import { prepareDatabase } from './database/prepare-database';

/** Only migrates, then ends: for deployments in which the application itself must not know the owner's password. */
async function main(): Promise<void> {
  const config = readConfig(DatabaseConfig, process.env);
  if (config.ownerUrl === undefined) throw new Error('DATABASE_OWNER_URL must be set: migrations run as the owner.');
  await prepareDatabase(config, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write('The schema is current\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
