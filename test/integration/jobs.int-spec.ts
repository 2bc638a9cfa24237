import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { register } from 'prom-client';
import { ConfigModule } from '../../src/config/config.module';
import { currentTenantId, runInContext } from '../../src/context/request-context';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { DurableJob } from '../../src/jobs/durable-job.decorator';
import { JobQueue, type FetchedJob } from '../../src/jobs/job-queue';
import { Jobs } from '../../src/jobs/jobs';
import { JobsModule } from '../../src/jobs/jobs.module';
import type { RunningJob } from '../../src/jobs/running-job';
import { NotFound, UnprocessableBody } from '../../src/errors/http.errors';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import { until } from '../support/until';

interface Parameters {
  readonly text?: string;
  readonly fails?: number;
}

/** What happened to jobs in this process, in order. */
const happened: string[] = [];
let stuck: (() => void) | undefined;

@Injectable()
class Work {
  private failures = 0;

  constructor(private readonly database: Database) {}

  @DurableJob({ kind: 'test.echo' })
  async echo({ parameters, tenantId, attempt }: RunningJob<Parameters>): Promise<unknown> {
    const { text = '', fails = 0 } = parameters;
    if (this.failures++ < fails) throw new Error('not yet');
    const [row] = await this.database.read((session) =>
      session.query<{ user: string | null }>('SELECT current_user_id() AS user'),
    );
    happened.push(text);
    return { text, tenantId, current: currentTenantId(), user: row?.user, attempt };
  }

  @DurableJob({ kind: 'test.refused' })
  refused(): Promise<unknown> {
    happened.push('refused');
    return Promise.reject(new UnprocessableBody('No.'));
  }

  @DurableJob({ kind: 'test.endless', queue: 'long' })
  async endless(job: RunningJob): Promise<void> {
    happened.push(`attempt ${job.attempt}`);
    for (let done = 1; ; done++) {
      await job.report(done, 1_000_000);
      await pause(10, undefined, { signal: job.signal });
    }
  }

  @DurableJob({ kind: 'test.stuck', queue: 'long' })
  stuck(): Promise<void> {
    return new Promise((resolve) => (stuck = resolve));
  }
}

@Module({ providers: [Work] })
class WorkModule {}

describe('background jobs', () => {
  let database: TestDatabase;
  let modules: TestingModule[] = [];
  const tenantId = randomUUID();
  let userId: string;

  async function open(env: Readonly<Record<string, string>> = {}): Promise<TestingModule> {
    register.clear();
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.forEnvironment({
          DATABASE_URL: database.applicationUrl,
          DATABASE_OWNER_URL: database.ownerUrl,
          DB_POOL_MIN_IDLE: '1',
          JOBS_POLL_INTERVAL_MS: '50',
          JOBS_SHUTDOWN_TIMEOUT_MS: '50',
          ...env,
        }),
        PrometheusModule.register(),
        DatabaseModule,
        JobsModule,
        WorkModule,
      ],
    }).compile();
    modules.push(module);
    await module.init();
    return module;
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    const setUp = await open({ JOBS_ENABLED: 'false' });
    const members = [{ email: 'a@x.test', name: 'A', role: 'admin' as const, passwordHash: 'x' }] as const;
    const ids = await createTenant(setUp.get(Database), { id: tenantId, name: 'A', slug: 'a', members });
    userId = ids.get('a@x.test') ?? '';
  });

  afterEach(async () => {
    stuck?.();
    await Promise.all(modules.map((module) => module.close()));
    modules = [];
    happened.length = 0;
    await withClient(database.adminUrl, (sql) => sql.query('DELETE FROM pgboss.job; DELETE FROM background_jobs'));
  });
  afterAll(() => database.drop());

  const asUser = <T>(work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'r', actor: { userId, tenantId } }, work);

  function start(module: TestingModule, kind: string, parameters: Parameters = {}): Promise<string> {
    return asUser(() => module.get(Database).transaction((tx) => module.get(Jobs).start(tx, kind, parameters)));
  }

  async function record(id: string): Promise<Record<string, unknown>> {
    return withClient(database.adminUrl, async (sql) => {
      const { rows } = await sql.query<Record<string, unknown>>('SELECT * FROM background_jobs WHERE id = $1', [id]);
      return rows[0] ?? {};
    });
  }

  const isOver = async (id: string): Promise<boolean> => (await record(id))['finished_at'] !== null;

  it('are worked on as the tenant and the user who has started them, and keep their result', async () => {
    const module = await open();
    const id = await start(module, 'test.echo', { text: 'hello' });
    await until(() => isOver(id));
    expect(await record(id)).toMatchObject({
      status: 'SUCCEEDED',
      result: { text: 'hello', tenantId, current: tenantId, user: userId, attempt: 1 },
    });
  });

  it('are not there when the transaction that has started them is rolled back', async () => {
    const module = await open();
    const rolledBack = asUser(() =>
      module.get(Database).transaction(async (tx) => {
        await module.get(Jobs).start(tx, 'test.echo', { text: 'never' });
        throw new Error('rolled back');
      }),
    );
    await expect(rolledBack).rejects.toThrow('rolled back');
    const after = await start(module, 'test.echo', { text: 'after' });
    await until(() => isOver(after));
    expect(happened).toEqual(['after']);
  });

  it('that another process has handed in are found', async () => {
    const outside = await open({ JOBS_ENABLED: 'false' });
    const id = await start(outside, 'test.echo', { text: 'from outside' });
    expect(await record(id)).toMatchObject({ status: 'QUEUED' });
    await open();
    await until(() => isOver(id));
    expect(happened).toEqual(['from outside']);
  });

  it('that fail are tried again, later', async () => {
    const module = await open();
    const id = await start(module, 'test.echo', { text: 'at last', fails: 2 });
    for (let retryCount = 0; retryCount < 2; retryCount++) {
      await until(async () => (await stateInQueue(id)) === 'retry' && (await queued(id)).retryCount === retryCount);
      expect(await record(id)).toMatchObject({ status: 'QUEUED' });
      await hurry(id);
    }
    await until(() => isOver(id));
    expect(await record(id)).toMatchObject({ status: 'SUCCEEDED', result: { attempt: 3 } });
  });

  it('that are refused for what they ask for are not tried again', async () => {
    const module = await open();
    const id = await start(module, 'test.refused');
    await until(() => isOver(id));
    expect(await record(id)).toMatchObject({ status: 'FAILED', error: expect.any(String) });
    expect(await stateInQueue(id)).toBe('completed');
    expect(happened).toEqual(['refused']);
  });

  it('that were tried too often are given up, and say so', async () => {
    const outside = await open({ JOBS_ENABLED: 'false' });
    const id = await start(outside, 'test.echo', { fails: 1_000 });
    await withClient(database.adminUrl, (sql) => sql.query('UPDATE pgboss.job SET retry_limit = 0'));
    await open();
    await until(() => isOver(id));
    expect(await record(id)).toMatchObject({ status: 'FAILED', error: expect.stringContaining('tried') });
  });

  it('can be cancelled before they begin, and while they run', async () => {
    const outside = await open({ JOBS_ENABLED: 'false' });
    const waiting = await start(outside, 'test.echo', { text: 'never' });
    await asUser(() => outside.get(Jobs).cancel(waiting));
    expect(await record(waiting)).toMatchObject({ status: 'CANCELLED' });
    const module = await open();
    const running = await start(module, 'test.endless');
    await until(async () => Number((await record(running))['done']) > 0);
    await asUser(() => outside.get(Jobs).cancel(running));
    await until(() => isOver(running));
    expect(await record(running)).toMatchObject({ status: 'CANCELLED', total: 1_000_000 });
    expect(happened).toEqual(['attempt 1']);
    await expect(asUser(() => outside.get(Jobs).cancel(running))).rejects.toMatchObject({ status: 409 });
    await expect(asUser(() => outside.get(Jobs).cancel(randomUUID()))).rejects.toBeInstanceOf(NotFound);
  });

  it('of another tenant cannot be cancelled', async () => {
    const module = await open({ JOBS_ENABLED: 'false' });
    const id = await start(module, 'test.echo');
    const stranger = { requestId: 'r', actor: { userId, tenantId: randomUUID() } };
    await expect(runInContext(stranger, () => module.get(Jobs).cancel(id))).rejects.toBeInstanceOf(NotFound);
    expect(await record(id)).toMatchObject({ status: 'QUEUED' });
  });

  it('that run when the process shuts down are handed back and taken up by another', async () => {
    const first = await open();
    const id = await start(first, 'test.endless');
    await until(() => happened.length === 1);
    await first.close();
    modules = modules.filter((module) => module !== first);
    expect(await stateInQueue(id)).toBe('retry');
    await hurry(id);
    await open();
    await until(() => happened.length === 2);
    expect(happened).toEqual(['attempt 1', 'attempt 2']);
  });

  it('whose process has died without a word are taken up by another, and the dead one stays out of it', async () => {
    const first = await open();
    const id = await start(first, 'test.stuck');
    await until(async () => (await stateInQueue(id)) === 'active');
    const ofFirst = await queued(id);
    expect(await first.get(JobQueue).keepAlive(ofFirst)).toBe(true);
    // As if two minutes had passed without a heartbeat.
    await withClient(database.adminUrl, (sql) =>
      sql.query(`UPDATE pgboss.job SET started_on = now() - interval '2 min' WHERE id = $1`, [id]),
    );
    await expireDead();
    expect(await stateInQueue(id)).toBe('retry');
    await open();
    await hurry(id);
    await until(async () => (await stateInQueue(id)) === 'active');
    expect(await first.get(JobQueue).keepAlive(ofFirst)).toBe(false);
    expect(await first.get(JobQueue).keepAlive(await queued(id))).toBe(true);
  });

  async function queued(id: string): Promise<FetchedJob> {
    return withClient(database.adminUrl, async (sql) => {
      const { rows } = await sql.query<FetchedJob>(
        `SELECT name, id, retry_count AS "retryCount" FROM pgboss.job WHERE id = $1`,
        [id],
      );
      return rows[0]!;
    });
  }

  /** What every process does now and then. */
  async function expireDead(): Promise<void> {
    const boss = new PgBoss({ connectionString: database.applicationUrl, migrate: false, schedule: false });
    await boss.start();
    await boss.expire();
    await boss.stop({ graceful: false });
  }

  async function stateInQueue(id: string): Promise<unknown> {
    return withClient(database.adminUrl, async (sql) => {
      const { rows } = await sql.query<{ state: string }>('SELECT state FROM pgboss.job WHERE id = $1', [id]);
      return rows[0]?.state;
    });
  }

  /** Its next attempt is due now. */
  async function hurry(id: string): Promise<void> {
    await withClient(database.adminUrl, (sql) =>
      sql.query(`UPDATE pgboss.job SET start_after = now() - interval '1 s' WHERE id = $1`, [id]),
    );
  }
});
