import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { randomUUID } from 'node:crypto';
import { register } from 'prom-client';
import { ConfigModule } from '../../src/config/config.module';
import { currentTenantId } from '../../src/context/request-context';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { DurableJob } from '../../src/jobs/durable-job.decorator';
import { JobsModule } from '../../src/jobs/jobs.module';
import type { RunningJob } from '../../src/jobs/running-job';
import { createTenant } from '../../src/rbac/tenants/create-tenant';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { withClient } from '../support/open-database';
import { until } from '../support/until';

const seen: string[] = [];

@Injectable()
class Work {
  @DurableJob({ kind: 'test.daily', every: 'day' })
  daily({ tenantId, period }: RunningJob): Promise<void> {
    seen.push(`daily ${tenantId} ${period?.toISOString().slice(11) ?? ''} ${currentTenantId() === tenantId}`);
    return Promise.resolve();
  }

  @DurableJob({ kind: 'test.burial', every: 'day', inDeletedTenants: true })
  bury({ tenantId }: RunningJob): Promise<void> {
    seen.push(`burial ${tenantId}`);
    return Promise.resolve();
  }
}

@Module({ providers: [Work] })
class WorkModule {}

describe('background jobs of a period', () => {
  let database: TestDatabase;
  const modules: TestingModule[] = [];
  const [living, deleted] = [randomUUID(), randomUUID()];

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
    const setUp = (await open({ JOBS_ENABLED: 'false' })).get(Database);
    for (const [index, id] of [living, deleted].entries()) {
      const members = [{ email: `a${index}@x.test`, name: 'A', role: 'admin' as const, passwordHash: 'x' }] as const;
      await createTenant(setUp, { id, name: 'A', slug: `a${index}`, members });
    }
    await withClient(database.adminUrl, (sql) =>
      sql.query(`UPDATE tenants SET status = 'DELETED' WHERE id = $1`, [deleted]),
    );
  });
  afterAll(async () => {
    await Promise.all(modules.map((module) => module.close()));
    await database.drop();
  });

  /** How many jobs of a period the queue still has to do. */
  async function undone(): Promise<number> {
    return withClient(database.adminUrl, async (sql) => {
      const { rows } = await sql.query<{ undone: number }>(
        `SELECT (count(*) FILTER (WHERE state <> 'completed') + greatest(4 - count(*), 0))::int AS undone
           FROM pgboss.job WHERE data ? 'period'`,
      );
      return rows[0]?.undone ?? 0;
    });
  }

  it('run once in each tenant, however many processes there are; in a deleted one only what removes it', async () => {
    await Promise.all([open(), open(), open()]);
    await until(async () => (await undone()) === 0);
    expect([...seen].sort()).toEqual(
      [`burial ${living}`, `burial ${deleted}`, `daily ${living} 00:00:00.000Z true`].sort(),
    );
  });
});
