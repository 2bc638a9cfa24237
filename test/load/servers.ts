import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInContext } from '../../src/context/request-context';
import { DailySnapshots } from '../../src/dashboard/days/daily-snapshots';
import { RiskStatisticsReader } from '../../src/risk/statistics/risk-statistics.reader';
import { DEMO_TENANT_ID } from '../../src/start/demo/create-demo-tenant';
import { makeRegister } from '../bench/growth/register';
import { atTheEnd } from '../setup/cleanup';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openDatabase, withClient } from '../support/open-database';
import type { ProductProcess } from '../support/product-process';
import type { Target } from './run-k6';
import type { ServerName } from './scenarios';

const BOOT_MS = 120_000;
/** All requests come from one address, and many from one user. */
const NO_LIMITS = { RATE_LIMIT_ENABLED: 'false' };
const PATIENCE = { DB_CONNECT_TIMEOUT_MS: '20000', DB_BOOT_TIMEOUT_MS: '60000' };

export interface LoadServers {
  readonly targets: Readonly<Partial<Record<ServerName, Target>>>;
  readonly emails: readonly string[];
  readonly password: string;
}

interface Wanted {
  readonly names: readonly ServerName[];
  /** More in the demo tenant than its own 600. */
  readonly risks: number;
  /** Starts `npm start` or what is like it. */
  readonly launch: (env: Readonly<Record<string, string>>) => ProductProcess;
  readonly redisUrl: string;
}

/**
 * Processes of the product on one Postgres and one Redis, each with a database of its own that holds the same: what is
 * written to one makes nothing of the other old. {@link cleanUp} ends them.
 */
export async function startServers({ names, risks, launch, redisUrl }: Wanted): Promise<LoadServers> {
  const home = await mkdtemp(join(tmpdir(), 'openrisk-load-home-'));
  atTheEnd(() => rm(home, { recursive: true, force: true }));
  const password = randomBytes(12).toString('base64url');
  const targets: Partial<Record<ServerName, Target>> = {};
  // One after the other: a boot has deadlines, and the machine may be busy.
  for (const name of names) {
    const database = await createTestDatabase();
    atTheEnd(() => database.drop());
    const server = launch({
      ...{ OPENRISK_HOME: join(home, name), OPENRISK_DEMO_PASSWORD: password },
      ...{ OPENRISK_SECRET: randomBytes(36).toString('base64url'), REDIS_URL: redisUrl },
      ...{ CACHE_KEY_PREFIX: `load-${randomBytes(4).toString('hex')}`, CACHE_ENABLED: String(name === 'cached') },
      ...{ DATABASE_URL: database.applicationUrl, DATABASE_OWNER_URL: database.ownerUrl },
      ...{ HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', ...NO_LIMITS, ...PATIENCE },
    });
    targets[name] = await boot(server);
    await enlarge(database, risks);
  }
  const people = ['admin', 'manager', 'grace.okafor', 'jonas.weber'];
  return {
    targets,
    password,
    emails: people.map((name) => `${name}@demo.openrisk.local`),
  };
}

async function boot(server: ProductProcess): Promise<Target> {
  atTheEnd(() => {
    server.child.kill('SIGTERM');
    return server.ended();
  });
  const [, url = ''] = await server.untilPrinted(/API +(\S+)\/api\/v1\n/, BOOT_MS);
  const [, metricsUrl] = await server.untilPrinted(/Metrics +(\S+)\n/, BOOT_MS);
  return { url, metricsUrl };
}

async function enlarge({ adminUrl, applicationUrl }: TestDatabase, risks: number): Promise<void> {
  await withClient(adminUrl, async (sql) => {
    const { rows } = await sql.query<{ id: string }>("SELECT id FROM users WHERE email LIKE 'manager@demo.%'");
    const [owner] = rows;
    if (owner && risks > 0) await makeRegister(sql, DEMO_TENANT_ID, owner.id, risks);
    await takeSnapshots(applicationUrl);
    await sql.query('VACUUM ANALYZE');
  });
}

/** As a night would: without them charts are drawn from all of the history, and a cache seems to save more than it does. */
async function takeSnapshots(applicationUrl: string): Promise<void> {
  const opened = await openDatabase(applicationUrl, { DB_STATEMENT_TIMEOUT_MS: '120000' });
  const snapshots = new DailySnapshots(opened.database, new RiskStatisticsReader(opened.database));
  await runInContext({ requestId: 'load', tenantId: DEMO_TENANT_ID }, () => snapshots.take({ period: new Date() }));
  await opened.close();
}
