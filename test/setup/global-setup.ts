import 'reflect-metadata';
import { cleanUp, cleanUpOnSignals } from './cleanup';
import { preparePostgres } from './postgres';
import { prepareRedis } from './redis';

/** Starts a real Postgres and a real Redis for the whole run; test/support finds them through process.env. */
export default async function globalSetup(): Promise<void> {
  cleanUpOnSignals();
  // Both to the end, even when one fails: what comes up late must be stopped as well.
  const outcomes = await Promise.allSettled([preparePostgres(), prepareRedis()]);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length === 0) return;
  await cleanUp().catch(() => undefined);
  throw failures[0];
}
