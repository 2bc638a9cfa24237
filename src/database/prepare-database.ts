import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseConfig } from './database.config';
import { checkSchema, migrate } from './migrate';
import { selfCheck } from './self-check';
import { isConnectionLoss } from './sql-errors';

const RETRY_EVERY_MS = 250;

/**
 * Waits for Postgres, migrates it as its owner (or, without the owner's URL, checks that somebody has), and checks that
 * row level security protects the tenants from each other.
 *
 * @param report gets one sentence per step worth telling
 * @throws SchemaMismatch, UnsafeDatabase, or what kept Postgres from being reached within the boot timeout
 */
export async function prepareDatabase(config: DatabaseConfig, report: (progress: string) => void): Promise<void> {
  const { applicationUrl = '', ownerUrl } = config;
  await waitForPostgres(ownerUrl ?? applicationUrl, config.bootTimeoutMs, report);
  if (ownerUrl === undefined) await checkSchema(applicationUrl);
  else await migrate(ownerUrl, decodeURIComponent(new URL(applicationUrl).username), report);
  await selfCheck(applicationUrl);
}

async function waitForPostgres(url: string, timeoutMs: number, report: (progress: string) => void): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await connectOnce(url, Math.max(RETRY_EVERY_MS, deadline - Date.now()));
      return;
    } catch (error) {
      if (!isConnectionLoss(error) || Date.now() + RETRY_EVERY_MS > deadline) throw error;
      if (attempt === 1) report('Waiting for Postgres');
      await sleep(RETRY_EVERY_MS);
    }
  }
}

async function connectOnce(connectionString: string, connectionTimeoutMillis: number): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}
