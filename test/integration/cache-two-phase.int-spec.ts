import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Cache } from '../../src/cache/cache';
import { CacheEvict } from '../../src/cache/cache-evict.decorator';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CacheModule } from '../../src/cache/cache.module';
import { Cacheable } from '../../src/cache/cacheable.decorator';
import { tag } from '../../src/cache/tag';
import { ConfigModule } from '../../src/config/config.module';
import { currentTenantId } from '../../src/context/request-context';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { enlist, type CommitParticipant } from '../../src/database/transaction.events';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { asTenant } from '../support/open-cache';
import { withClient } from '../support/open-database';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { seedTenant } from '../support/tenant-rows';
import { until } from '../support/until';

const NAME = tag('tenant', 'name');

@Injectable()
class Tenants {
  loads = 0;
  /** What happens between the marks and COMMIT. */
  beforeCommit: () => void = () => undefined;
  private readonly intruder: CommitParticipant<null> = {
    prepare: () => {
      this.beforeCommit();
      return Promise.resolve();
    },
    ended: () => Promise.resolve(),
  };

  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'rbac', key: () => ['name'], tags: [NAME] })
  async name(): Promise<string> {
    this.loads++;
    const rows = await this.database.read((session) =>
      session.query<{ name: string }>('SELECT name FROM tenants WHERE id = $1', [session.tenantId]),
    );
    return rows[0]?.name ?? '';
  }

  @CacheEvict({ tags: [NAME] })
  rename(name: string): Promise<void> {
    return this.write(name);
  }

  @CacheEvict({ tags: [NAME], failClosed: true })
  renameOrRefuse(name: string): Promise<void> {
    return this.write(name);
  }

  private write(name: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      enlist(this.intruder, null);
      await tx.query('UPDATE tenants SET name = $1 WHERE id = $2', [name, currentTenantId()]);
    });
  }
}

describeWithRedis('Two-phase eviction, a writer and a reader with Redis between them', () => {
  let testDatabase: TestDatabase;
  let redis: TestRedis;
  let network: TcpProxy;
  let writer: TestingModule;
  let reader: TestingModule;
  const tenantId = randomUUID();

  const boot = async (redisUrl: string): Promise<TestingModule> => {
    const env = { DATABASE_URL: testDatabase.applicationUrl, DB_POOL_MIN_IDLE: '0', REDIS_URL: redisUrl };
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment(env), DatabaseModule, CacheModule],
      providers: [Tenants],
    }).compile();
    module.useLogger(false);
    await module.init();
    return module;
  };
  const connected = (module: TestingModule): Promise<void> =>
    until(() => module.get(CacheHealthReader).cacheHealth().breaker === 'closed');

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await withClient(testDatabase.adminUrl, (admin) => seedTenant(admin, tenantId));
    redis = await startRedis();
    network = await TcpProxy.inFrontOf(redis.url);
    [writer, reader] = await Promise.all([boot(network.url), boot(redis.url)]);
  });
  afterAll(async () => {
    await Promise.all([writer.close(), reader.close()]);
    await network.close();
    await redis.stop();
    await testDatabase.drop();
  });

  const inTenant = <T>(work: () => Promise<T>): Promise<T> => asTenant(tenantId, work, randomUUID());
  const read = (): Promise<string> => inTenant(() => reader.get(Tenants).name());
  const disconnect = (): void => {
    network.refusing = true;
    network.cut();
  };

  beforeEach(async () => {
    network.refusing = false;
    writer.get(Tenants).beforeCommit = () => undefined;
    await Promise.all([connected(writer), connected(reader)]);
    await inTenant(() => writer.get(Tenants).rename('before'));
    expect([await read(), await read()]).toEqual(['before', 'before']);
  });

  it('nobody reads the old value after COMMIT, even if the writer is never heard of again', async () => {
    writer.get(Tenants).beforeCommit = disconnect;
    await inTenant(() => writer.get(Tenants).rename('after'));
    expect(writer.get(CacheHealthReader).cacheHealth().deferredEvictions).toBeGreaterThan(0);
    expect(await read()).toBe('after');

    // The marks end, and it is cached again.
    const loads = (): number => reader.get(Tenants).loads;
    await until(async () => {
      expect(await read()).toBe('after');
      const before = loads();
      expect(await read()).toBe('after');
      return loads() === before;
    });
  });

  it('a change is made without Redis by default, and says deferred', async () => {
    disconnect();
    await inTenant(() => writer.get(Tenants).rename('after'));
    expect(writer.get(CacheHealthReader).cacheHealth().deferredEvictions).toBeGreaterThan(0);
    expect(await inTenant(() => writer.get(Tenants).name())).toBe('after');
  });

  it('a change is refused without Redis when it was asked to fail closed, and not made', async () => {
    disconnect();
    await expect(inTenant(() => writer.get(Tenants).renameOrRefuse('after'))).rejects.toMatchObject({ status: 503 });
    expect(await inTenant(() => writer.get(Tenants).name())).toBe('before');
    const byHand = () =>
      writer.get(Database).transaction(() => writer.get(Cache).evict({ tags: [NAME] }, { failClosed: true }));
    await expect(inTenant(byHand)).rejects.toMatchObject({ status: 503 });

    network.refusing = false;
    await connected(writer);
    await inTenant(() => writer.get(Tenants).renameOrRefuse('after'));
    expect(await read()).toBe('after');
  });
});
