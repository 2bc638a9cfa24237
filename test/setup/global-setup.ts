import 'reflect-metadata';
import { cleanUp, cleanUpOnSignals } from './cleanup';
import { preparePostgres } from './postgres';

/** Starts the real Postgres for the whole run; test/support finds it through process.env. */
export default async function globalSetup(): Promise<void> {
  cleanUpOnSignals();
  try {
    await preparePostgres();
  } catch (error) {
    await cleanUp().catch(() => undefined);
    throw error;
  }
}
