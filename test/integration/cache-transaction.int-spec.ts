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
import { beforeCommit, enlist } from '../../src/database/transaction.events';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { asTenant } from '../support/open-cache';
import { withClient } from '../support/open-database';
import { sharedRedisUrl } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { seedTenant } from '../support/tenant-rows';
import { until } from '../support/until';

const TENANT_NAMES = tag('tenant', 'name');

@Injectable()
class Tenants {
  loads = 0;
  /** Called once, before the COMMIT of the next rename. */
  onRename: (() => void) | undefined;

  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'rbac', key: () => ['name'], tags: [TENANT_NAMES] })
  async name(): Promise<string> {
    this.loads++;
    const rows = await this.database.read((session) =>
      session.query<{ name: string }>('SELECT name FROM tenants WHERE id = $1', [session.tenantId]),
    );
    return rows[0]?.name ?? '';
  }

  @CacheEvict({ tags: [TENANT_NAMES] })
  async rename(name: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query('UPDATE tenants SET name = $1 WHERE id = $2', [name, currentTenantId()]);
      this.onRename?.();
      this.onRename = undefined;
    });
  }

  @CacheEvict({ tags: [TENANT_NAMES] })
  async renameAndThrow(name: string): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query('UPDATE tenants SET name = $1 WHERE id = $2', [name, currentTenantId()]),
    );
    throw new RangeError('after the commit');
  }

  @CacheEvict({ tags: [TENANT_NAMES] })
  refuse(): Promise<void> {
    return Promise.reject(new RangeError('refused'));
  }
}

const stores: [string, Record<string, string>][] = [['memory', { CACHE_STORE: 'memory' }]];
if (sharedRedisUrl === undefined) process.stdout.write('skipped, there is no Redis: transactions over redis\n');
else stores.push(['redis', { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: 'tx', CACHE_DEADLINE_MS: '5000' }]);

describe.each(stores)('The cache over %s and transactions', (_kind, settings) => {
  let testDatabase: TestDatabase;
  let proxy: TcpProxy;
  let module: TestingModule;
  let tenants: Tenants;
  let database: Database;
  let cache: Cache;
  let tenantId: string;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    proxy = await TcpProxy.inFrontOf(testDatabase.applicationUrl);
    const env = { DATABASE_URL: proxy.url, DB_POOL_MIN_IDLE: '0', ...settings };
    module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment(env), DatabaseModule, CacheModule],
      providers: [Tenants],
    }).compile();
    module.useLogger(false);
    await module.init();
    await until(() => module.get(CacheHealthReader).cacheHealth().breaker === 'closed');
    tenants = module.get(Tenants);
    database = module.get(Database);
    cache = module.get(Cache);
  });
  afterAll(async () => {
    await module.close();
    await proxy.close();
    await testDatabase.drop();
  });

  const inTenant = <T>(work: () => Promise<T>): Promise<T> => asTenant(tenantId, work, randomUUID());

  /** How often the database was asked while `work` ran. */
  const loadsDuring = async (work: () => Promise<unknown>): Promise<number> => {
    const before = tenants.loads;
    await work();
    return tenants.loads - before;
  };

  beforeEach(async () => {
    tenantId = randomUUID();
    await withClient(testDatabase.adminUrl, (admin) => seedTenant(admin, tenantId));
    await inTenant(async () => {
      await tenants.rename('before');
      await tenants.name();
    });
  });

  it('evicts before the writer is answered, after the commit', () =>
    inTenant(async () => {
      await tenants.rename('after');
      expect(await tenants.name()).toBe('after');
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

  it('keeps the entry until the outermost transaction has committed', async () => {
    let renamed: () => void = () => undefined;
    const hasRenamed = new Promise<void>((resolve) => (renamed = resolve));
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const writing = inTenant(() =>
      database.transaction(async () => {
        await tenants.rename('after');
        renamed();
        await held;
      }),
    );
    await hasRenamed;
    expect(await loadsDuring(() => inTenant(() => tenants.name()))).toBe(0);
    finish();
    await writing;
    expect(await inTenant(() => tenants.name())).toBe('after');
  });

  it('answers nobody from the cache, nor stores, while COMMIT is on its way', () =>
    inTenant(async () => {
      let commit: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (commit = resolve));
      let prepared = false;
      const lastToPrepare = {
        prepare: () => {
          prepared = true;
          return held;
        },
        ended: () => Promise.resolve(),
      };
      tenants.onRename = () => enlist(lastToPrepare, null);
      const writing = tenants.rename('after');
      await until(() => prepared);
      expect(await loadsDuring(() => tenants.name())).toBe(1);
      commit();
      await writing;
      expect(await loadsDuring(() => tenants.name())).toBe(1);
      expect(await tenants.name()).toBe('after');
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

  it('makes marks into new generations when COMMIT is refused', () =>
    inTenant(async () => {
      const work = database.transaction(async (tx) => {
        await tenants.rename('after');
        await tx.query('SELECT 1 / 0').catch(() => undefined);
      });
      await expect(work).rejects.toThrow();
      expect(await tenants.name()).toBe('before');
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

  it('evicts when a method that throws had committed, or runs in a transaction that does', () =>
    inTenant(async () => {
      await expect(tenants.renameAndThrow('after')).rejects.toThrow(RangeError);
      expect(await tenants.name()).toBe('after');
      await database.transaction(() => tenants.renameAndThrow('later').catch(() => undefined));
      expect(await tenants.name()).toBe('later');
    }));

  it('evicts nothing when the method throws', () =>
    inTenant(async () => {
      await expect(tenants.refuse()).rejects.toThrow(RangeError);
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

  /** The pool may hand out other connections that were cut, too. */
  const reachable = (): Promise<void> =>
    until(() =>
      tenants.name().then(
        () => true,
        () => false,
      ),
    );

  it('evicts when the connection broke on the way of COMMIT: the change may be there', () =>
    inTenant(async () => {
      const unlucky = database.transaction(() => {
        beforeCommit(() => {
          proxy.delayMs = 20;
          setTimeout(() => proxy.cut(), 30);
          return Promise.resolve();
        });
        return tenants.rename('after');
      });
      await expect(unlucky).rejects.toMatchObject({ status: 503 });
      proxy.delayMs = 0;
      await reachable();
      expect(await loadsDuring(() => tenants.name())).toBe(1);

      tenants.onRename = () => {
        proxy.delayMs = 20;
        setTimeout(() => proxy.cut(), 30);
      };
      await expect(tenants.rename('after')).rejects.toMatchObject({ status: 503 });
      proxy.delayMs = 0;
      await reachable();
      expect(await loadsDuring(() => tenants.name())).toBe(1);
    }));

  it('evicts nothing when the outermost transaction rolls back', () =>
    inTenant(async () => {
      const work = database.transaction(async () => {
        await tenants.rename('after');
        throw new RangeError('rolled back');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

  it('evicts nothing for a savepoint that was rolled back, all else committed', () =>
    inTenant(async () => {
      await database.transaction(async () => {
        const savepoint = database.transaction(async () => {
          await tenants.rename('after');
          throw new RangeError('back to the savepoint');
        });
        await expect(savepoint).rejects.toThrow(RangeError);
      });
      expect(await loadsDuring(() => tenants.name())).toBe(0);
      expect(await tenants.name()).toBe('before');
    }));

  it('neither reads from nor fills the cache inside a transaction', () =>
    inTenant(async () => {
      const work = database.transaction(async () => {
        await tenants.rename('uncommitted');
        expect(await tenants.name()).toBe('uncommitted');
        expect(await tenants.name()).toBe('uncommitted');
        throw new RangeError('rolled back');
      });
      expect(await loadsDuring(() => work.catch(() => undefined))).toBe(2);
      expect(await tenants.name()).toBe('before');
    }));

  it('says that an eviction inside a transaction is yet to come', () =>
    inTenant(async () => {
      await database.transaction(async () => {
        expect(await cache.evict({ tags: [TENANT_NAMES] })).toEqual({ status: 'scheduled' });
        expect(await cache.evict({ pattern: 'rbac:*' })).toEqual({ status: 'scheduled' });
      });
      expect(await loadsDuring(() => tenants.name())).toBe(1);
    }));
});
