import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Client } from 'pg';
import { ConfigModule } from '../../src/config/config.module';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';

export interface OpenDatabase {
  readonly database: Database;
  readonly module: TestingModule;
  close(): Promise<void>;
}

/** The database room as the application boots it, without the rest of the application. */
export async function openDatabase(
  applicationUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<OpenDatabase> {
  const env = { DATABASE_URL: applicationUrl, DB_POOL_MIN_IDLE: '0', ...settings };
  Logger.overrideLogger(false);
  const imports = [ConfigModule.forEnvironment(env), DatabaseModule];
  const module = await Test.createTestingModule({ imports }).compile();
  await module.init();
  return { database: module.get(Database), module, close: () => module.close() };
}

/** A plain connection, for looking at the database past the door. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
