import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ApiClient } from '../support/api-client';
import { createTestDatabase } from '../support/database';
import { runProduct, type ProductProcess } from '../support/product-process';

jest.setTimeout(300_000);

const ports = { PORT: '0', METRICS_PORT: '0' };

describe('npm start', () => {
  let home: string;
  const started: ProductProcess[] = [];
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'openrisk-start-'));
  });
  afterAll(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });

  const start = (args: readonly string[], env: Readonly<Record<string, string>>): ProductProcess => {
    const run = runProduct('start', args, env);
    started.push(run);
    return run;
  };

  const loginTo = async (run: ProductProcess, user: string): Promise<ApiClient> => {
    const [, url = ''] = await run.untilPrinted(/API +(http:\S+)\/api\/v1/);
    const [, password] = await run.untilPrinted(/Password +(\S+)/);
    const answer = await new ApiClient(url).post('/api/v1/auth/login', {
      email: `${user}@demo.openrisk.local`,
      password,
    });
    expect(answer.status).toBe(200);
    return new ApiClient(url, answer.body.accessToken as string);
  };

  it('brings its own Postgres and a demo tenant, prints how to get in, and keeps all of it for the next start', async () => {
    const first = start([], { ...ports, OPENRISK_HOME: home });
    for (const user of ['viewer', 'analyst', 'manager', 'admin']) await loginTo(first, user);
    const analyst = await loginTo(first, 'analyst');
    const stats = await analyst.get('/api/v1/stats?period=all');
    expect(stats.body.totalRisks).toBeGreaterThanOrEqual(500);
    const made = await analyst.post('/api/v1/risks', { title: 'Kept between runs', probability: 1, impact: 1 });
    expect(made.status).toBe(201);
    const [, metricsUrl = ''] = await first.untilPrinted(/Metrics +(\S+)/);
    expect(await (await fetch(metricsUrl)).text()).toContain('http_server_request_duration_seconds_count');

    const postgresUrl = /postgres(?:ql)?:\/\/\S+/;
    expect(first.output()).not.toMatch(postgresUrl);
    first.child.kill('SIGINT');
    expect(await first.ended()).toBe(0);

    const startedAt = Date.now();
    const second = start([], { ...ports, OPENRISK_HOME: home });
    const again = await loginTo(second, 'viewer');
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect((await again.get(`/api/v1/risks/${made.body.id as string}`)).body.title).toBe('Kept between runs');

    const third = start([], { ...ports, OPENRISK_HOME: home });
    expect(await third.ended()).toBe(1);
    expect(third.output()).toMatch(/already in use by process \d+/);

    second.child.kill('SIGTERM');
    expect(await second.ended()).toBe(0);
  });

  it('imports with one command, with no server running, and into the one that runs', async () => {
    const file = join(home, 'register.csv');
    await writeFile(file, 'externalId,title,probability,impact\nR-1,Flooded basement,2,4\nR-2,Late invoices,3,2\n');
    const env = { OPENRISK_HOME: home };
    const alone = runProduct('import', ['--file', file], env);
    expect(await alone.ended()).toBe(0);
    expect(alone.output()).toContain('2 created');

    const server = start([], { ...ports, OPENRISK_HOME: home });
    await server.untilPrinted(/Ctrl-C/);
    const again = runProduct('import', ['--file', file], env);
    expect(await again.ended()).toBe(0);
    expect(again.output()).toContain('2 unchanged');
    const dry = runProduct('import', ['--file', file, '--mode', 'create', '--dry-run'], env);
    expect(await dry.ended()).toBe(2);
    expect(dry.output()).toContain('Dry run');

    const missing = runProduct('import', ['--file', join(home, 'nothing.csv')], env);
    expect(await missing.ended()).toBe(1);
    expect(missing.output()).toContain('There is no readable file');
    server.child.kill('SIGINT');
    expect(await server.ended()).toBe(0);
  });

  it('runs on the Postgres of DATABASE_URL, as roles it makes there, with the password it is given', async () => {
    const database = await createTestDatabase();
    const name = `start_${Date.now()}`;
    const admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(database.adminUrl);
    url.pathname = `/${name}`;
    const run = start([], {
      ...ports,
      OPENRISK_HOME: home,
      DATABASE_URL: url.href,
      OPENRISK_DEMO_PASSWORD: 'chosen by me',
    });
    await run.untilPrinted(/Password +chosen by me/);
    const [, base = ''] = await run.untilPrinted(/API +(http:\S+)\/api\/v1/);
    const login = { email: 'admin@demo.openrisk.local', password: 'chosen by me' };
    expect((await new ApiClient(base).post('/api/v1/auth/login', login)).status).toBe(200);
    run.child.kill('SIGINT');
    expect(await run.ended()).toBe(0);

    const { rows } = await admin.query<{ rolsuper: boolean }>('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [
      `${name}_app`,
    ]);
    expect(rows).toEqual([{ rolsuper: false }]);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.query(`DROP ROLE ${name}_app, ${name}_owner`);
    await admin.end();
    await database.drop();
  });

  it.each(['PORT', 'METRICS_PORT'])('tells a taken %s in one line', async (variable) => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
    const { port } = taken.address() as AddressInfo;
    const run = start([], { ...ports, OPENRISK_HOME: home, [variable]: String(port) });
    expect(await run.ended()).toBe(1);
    expect(run.output()).toBe(
      `Port ${port} on 127.0.0.1 is taken: stop what uses it, or set ${variable} to another one.\n`,
    );
    taken.close();
  });

  it('lists every problem of its settings at once', async () => {
    const run = start([], {
      ...ports,
      OPENRISK_HOME: home,
      CACHE_STORE: 'disk',
      DB_POOL_MAX_OPEN: '0',
      LOG_LEVEL: 'loud',
    });
    expect(await run.ended()).toBe(1);
    for (const name of ['CACHE_STORE', 'DB_POOL_MAX_OPEN', 'LOG_LEVEL']) expect(run.output()).toContain(`- ${name}=`);
  });

  it('--help lists options and settings; an unknown option is refused', async () => {
    const help = start(['--help'], {});
    expect(await help.ended()).toBe(0);
    for (const text of ['--no-demo', 'DATABASE_URL', 'REDIS_URL', 'PORT']) expect(help.output()).toContain(text);
    const unknown = start(['--prot', '80'], {});
    expect(await unknown.ended()).toBe(1);
    expect(unknown.output()).toContain('--prot');
  });
});
