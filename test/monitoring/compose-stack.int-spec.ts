import { execFile, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../src/config/read-config';
import { serve } from '../../src/serve';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/start/embedded-postgres';
import { withClient } from '../support/open-database';
import { freePort } from '../support/free-port';
import { describeWithRedis, launch, sendOne } from '../support/redis-server';
import { composeFile, environmentOf, root } from './compose-files';

const docker = join(root, 'docker');
const { services } = composeFile('compose.yaml');
const BOOT_MS = 60_000;

/** Containers have names instead of ports; everything else here is what compose hands to them. */
describeWithRedis('What docker/compose.yaml starts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openrisk-compose-'));
  const secrets = join(folder, 'secrets');
  const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8').trim();
  let postgres: EmbeddedPostgres;
  let redis: ChildProcess;
  let adminUrl: string;

  beforeAll(async () => {
    execFileSync('sh', [join(docker, 'init.sh'), secrets]);
    postgres = await startEmbeddedPostgres({ directory: folder, onProgress: () => undefined, disposable: true });
    await withClient(postgres.adminUrl, (client) => client.query('CREATE DATABASE openrisk'));
    const admin = new URL(postgres.adminUrl);
    admin.pathname = '/openrisk';
    adminUrl = admin.href;
    runInitScript(adminUrl);
    const redisPort = await freePort();
    for (const name of ['database_url', 'database_owner_url', 'redis_url']) {
      const local = secret(name).replace('postgres:5432', admin.host).replace('redis:6379', `127.0.0.1:${redisPort}`);
      writeFileSync(join(secrets, name), `${local}\n`);
    }
    redis = await startRedisOfCompose(`${redisPort}`);
  }, BOOT_MS);

  afterAll(async () => {
    const ended = once(redis, 'exit');
    redis.kill('SIGKILL');
    await ended;
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Postgres' image calls psql, which not every machine has: this one sends its standard input the same way. */
  function runInitScript(url: string): void {
    const psql = join(folder, 'psql');
    const send = `new (require(${JSON.stringify(require.resolve('pg'))}).Client)(${JSON.stringify(url)})`;
    const script = `const c=${send};c.connect().then(()=>c.query(require('fs').readFileSync(0,'utf8'))).then(()=>c.end())`;
    writeFileSync(psql, `#!${process.execPath}\n${script}\n`);
    chmodSync(psql, 0o755);
    const env = { ...environmentOf(services['postgres'], secrets), SECRETS: secrets, PATH: `${folder}:/usr/bin:/bin` };
    execFileSync('sh', [join(docker, 'postgres', '10-roles.sh')], { env });
  }

  async function startRedisOfCompose(port: string): Promise<ChildProcess> {
    const [program, ...settings] = services['redis']?.command ?? [];
    expect(program).toBe('redis-server');
    const args = settings.map((word) => word.replace('/run/secrets', secrets));
    return launch(secret('redis_url'), [...args, '--port', port, '--bind', '127.0.0.1', '--dir', folder]);
  }

  /** What the entry point of the image hands on, besides what the machine's own environment has. */
  function handedOn(service: string, command: readonly string[]): string {
    const env = { PATH: process.env['PATH'], ...environmentOf(services[service], secrets) };
    return execFileSync('sh', [join(docker, 'entrypoint.sh'), ...command], { env, encoding: 'utf8' });
  }

  async function isWell(port: string): Promise<boolean> {
    const [, command = ''] = /^HEALTHCHECK .*\n\s+CMD (\[.*\])$/m.exec(
      readFileSync(join(docker, 'Dockerfile'), 'utf8'),
    )!;
    const [, ...args] = JSON.parse(command) as string[];
    const check = promisify(execFile)(process.execPath, args, { env: { PORT: port } });
    return check.then(
      () => true,
      () => false,
    );
  }

  async function rolesOfTheApplication(): Promise<string[]> {
    return withClient(adminUrl, async (client) => {
      const { rows } = await client.query<{ usename: string }>(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'openrisk' AND application_name LIKE 'openrisk%'",
      );
      return rows.map(({ usename }) => usename);
    });
  }

  it('migrates as the owner, and serves as a role that owns nothing', async () => {
    const register = join(root, 'test', 'support', 'swc-register.cjs');
    const migrated = handedOn('migrate', [process.execPath, '-r', register, join(root, 'src', 'migrate.ts')]);
    expect(migrated).toMatch(/^The schema is current$/m);

    const env = JSON.parse(handedOn('app', [process.execPath, '-p', 'JSON.stringify(process.env)'])) as Environment;
    expect(env).not.toHaveProperty('DATABASE_OWNER_URL');
    const local = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' };
    // A busy machine must not look like a full pool.
    const served = await serve({ ...env, ...local, DB_ACQUIRE_TIMEOUT_MS: '5000' });
    try {
      const { port } = new URL(served.url);
      expect(await isWell(port)).toBe(true);
      const ready = (await (await fetch(`${served.url}/health/ready`)).json()) as object;
      expect(ready).toMatchObject({ cache: { status: 'ok', store: 'redis' }, database: { status: 'ok' } });
      expect(await rolesOfTheApplication()).toEqual(['openrisk_app']);
      await served.close();
      expect(await isWell(port)).toBe(false);
    } finally {
      await served.close();
    }
  }, 120_000);

  it('lets the monitor read statistics of all, and no row of the register', async () => {
    const url = new URL(adminUrl);
    url.username = 'openrisk_monitor';
    url.password = secret('postgres_monitor_password');
    await withClient(url.href, async (client) => {
      const { rows } = await client.query("SELECT 1 FROM pg_stat_statements WHERE query LIKE '%migrations%' LIMIT 1");
      expect(rows).toHaveLength(1);
      await expect(client.query('SELECT 1 FROM risks')).rejects.toThrow(/permission denied/);
    });
  });

  it('keeps strangers out of Redis', async () => {
    const { port } = new URL(secret('redis_url'));
    await expect(sendOne(`redis://127.0.0.1:${port}`, ['PING'])).rejects.toThrow(/NOAUTH/);
    expect(await sendOne(secret('redis_url'), ['PING'])).toBe('PONG');
    expect(await sendOne(secret('redis_url'), ['CONFIG', 'GET', 'maxmemory-policy'])).toContain('noeviction');
  });
});
