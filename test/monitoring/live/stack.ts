import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision } from '../../../src/database/provision';
import { startEmbeddedPostgres } from '../../../src/start/embedded-postgres';
import { atTheEnd } from '../../setup/cleanup';
import { prepareRedis } from '../../setup/redis';
import { ApiClient } from '../../support/api-client';
import { withClient } from '../../support/open-database';
import { runProduct, type ProductProcess } from '../../support/product-process';
import { freePort } from '../../support/free-port';
import { startRedis, type TestRedis } from '../../support/redis-server';
import { TcpProxy } from '../../support/tcp-proxy';
import { until } from '../../support/until';
import type { Programs } from '../programs';
import { writeConfiguration } from './configuration';
import { runnableAlertmanager } from './debian-alertmanager';
import { startProgram } from './program';
import { Prometheus } from './prometheus';
import { Slack } from './slack';

const BOOT_MS = 120_000;
const DEMO_PASSWORD = 'the password of a demo that nobody sees';

/** Everything that the compose files start, as processes on free ports, and what stands between them. */
export interface Stack {
  readonly prometheus: Prometheus;
  readonly slack: Slack;
  readonly application: ProductProcess;
  readonly apiUrl: string;
  /** A superuser's, on the application's database. */
  readonly adminUrl: string;
  readonly redis: TestRedis;
  /** The way of the application to Redis, and to Postgres. */
  readonly toRedis: TcpProxy;
  readonly toPostgres: TcpProxy;
  /** The way of the exporter to Postgres. */
  readonly exporterToPostgres: TcpProxy;
  /** Somebody of the demo tenant, logged in. */
  as(user: 'viewer' | 'manager' | 'admin'): Promise<ApiClient>;
}

/** Stopped by `cleanUp`. */
export async function startStack(programs: Programs, factor: number): Promise<Stack> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'openrisk-live-'));
  atTheEnd(() => rm(folder, { recursive: true, force: true }));
  const secret = randomBytes(32).toString('hex');
  const [database, redis, slack] = await Promise.all([startDatabase(folder, secret), startOwnRedis(), Slack.open()]);
  atTheEnd(() => slack.close());
  const [toRedis, toPostgres, exporterToPostgres] = await Promise.all([
    proxyTo(redis.url),
    proxyTo(database.applicationUrl),
    proxyTo(database.monitorUrl),
  ]);
  const [api, metrics, prometheus, alertmanager, redisExporter, postgresExporter] = await Promise.all(
    Array.from({ length: 6 }, freePort),
  );

  const application = runProduct('start', [], {
    OPENRISK_HOME: join(folder, 'home'),
    OPENRISK_SECRET: secret,
    OPENRISK_DEMO_PASSWORD: DEMO_PASSWORD,
    DATABASE_URL: toPostgres.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    REDIS_URL: toRedis.url,
    PORT: String(api),
    METRICS_PORT: String(metrics),
    DB_POOL_MAX_OPEN: '10',
    // Slow requests are to be slow, not refused.
    DB_ACQUIRE_TIMEOUT_MS: '20000',
    // Nearly nothing is kept in the process: what Redis holds is seen soon.
    CACHE_MEMORY_MAX_ENTRIES: '10',
    AUTH_ACCESS_TOKEN_TTL_SECONDS: '3600',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_USER_PER_MINUTE: '1000000',
    RATE_LIMIT_TENANT_PER_MINUTE: '1000000',
  });
  atTheEnd(async () => {
    application.child.kill('SIGKILL');
    await application.ended();
  });
  const apiUrl = `http://127.0.0.1:${api}`;
  await application.untilPrinted(/API +http/, BOOT_MS);

  const { host, pathname, password, username } = new URL(exporterToPostgres.url);
  startProgram('redis-exporter', programs.redis_exporter, ['-web.listen-address', `127.0.0.1:${redisExporter}`], {
    folder,
    env: { REDIS_ADDR: redis.url },
  });
  startProgram(
    'postgres-exporter',
    programs.postgres_exporter,
    ['--collector.stat_statements', `--web.listen-address=127.0.0.1:${postgresExporter}`],
    {
      folder,
      env: {
        DATA_SOURCE_URI: `${host}${pathname}?sslmode=disable`,
        DATA_SOURCE_USER: username,
        DATA_SOURCE_PASS: password,
      },
    },
  );
  const targets = {
    prometheus: `127.0.0.1:${prometheus}`,
    openrisk: `127.0.0.1:${metrics}`,
    redis: `127.0.0.1:${redisExporter}`,
    postgres: `127.0.0.1:${postgresExporter}`,
    alertmanager: `127.0.0.1:${alertmanager}`,
  };
  await writeConfiguration({ folder, factor, targets, slack, promtool: programs.promtool });
  const alerter = await runnableAlertmanager(programs.alertmanager, folder);
  startProgram(
    'alertmanager',
    alerter.program,
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=${targets.alertmanager}`,
      '--cluster.listen-address=',
    ],
    { folder, cwd: alerter.folder },
  );
  startProgram(
    'prometheus',
    programs.prometheus,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${targets.prometheus}`,
      '--rules.alert.resend-delay=1s',
      '--query.lookback-delta=10s',
    ],
    { folder },
  );
  const asked = new Prometheus(`http://${targets.prometheus}`);
  await until(() => asked.isReady(), BOOT_MS);
  await until(() => asked.seesAll(), BOOT_MS);

  return {
    ...{ prometheus: asked, slack, application, apiUrl, redis, toRedis, toPostgres, exporterToPostgres },
    adminUrl: database.adminUrl,
    as: async (user) => {
      const credentials = { email: `${user}@demo.openrisk.local`, password: DEMO_PASSWORD };
      const { body } = await new ApiClient(apiUrl).post('/api/v1/auth/login', credentials);
      return new ApiClient(apiUrl, (body as { accessToken: string }).accessToken);
    },
  };
}

interface StartedDatabase {
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly applicationUrl: string;
  readonly monitorUrl: string;
}

async function startDatabase(folder: string, secret: string): Promise<StartedDatabase> {
  const directory = join(folder, 'postgres');
  const postgres = await startEmbeddedPostgres({ directory, onProgress: () => undefined, disposable: true });
  atTheEnd(() => postgres.stop());
  const urls = await provision({ privilegedUrl: postgres.adminUrl, secret, database: 'openrisk' });
  const admin = new URL(postgres.adminUrl);
  admin.pathname = '/openrisk';
  const monitor = new URL(admin);
  monitor.username = 'openrisk_monitor';
  monitor.password = randomBytes(16).toString('hex');
  // As docker/postgres/10-roles.sh has it.
  await withClient(admin.href, (client) =>
    client.query(`
      CREATE ROLE openrisk_monitor LOGIN CONNECTION LIMIT 5 PASSWORD '${monitor.password}';
      GRANT CONNECT ON DATABASE openrisk TO openrisk_monitor;
      GRANT pg_monitor TO openrisk_monitor;
      CREATE EXTENSION pg_stat_statements;`),
  );
  return { ...urls, adminUrl: admin.href, monitorUrl: monitor.href };
}

/** With the bounds that docker/compose.yaml gives it. */
async function startOwnRedis(): Promise<TestRedis> {
  await prepareRedis();
  const redis = await startRedis(['--maxmemory', '512mb', '--maxmemory-policy', 'noeviction']);
  atTheEnd(() => redis.stop());
  return redis;
}

async function proxyTo(url: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.inFrontOf(url);
  atTheEnd(() => proxy.close());
  return proxy;
}
