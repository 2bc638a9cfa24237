import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Cache } from '../../src/cache/cache';
import { CacheEvict } from '../../src/cache/cache-evict.decorator';
import { CacheModule } from '../../src/cache/cache.module';
import { Cacheable } from '../../src/cache/cacheable.decorator';
import { tag } from '../../src/cache/tag';
import { ConfigModule } from '../../src/config/config.module';
import { currentTenantId } from '../../src/context/request-context';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { beforeCommit } from '../../src/database/transaction.events';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { asTenant } from '../support/open-cache';
import { withClient } from '../support/open-database';
import { TcpProxy } from '../support/tcp-proxy';
import { seedTenant } from '../support/tenant-rows';

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
  refuse(): Promise<void> {
    return Promise.reject(new RangeError('refused'));
  }
}

describe('The cache and transactions', () => {
  let testDatabase: TestDatabase;
  let proxy: TcpProxy;
  let module: TestingModule;
  let tenants: Tenants;
  let database: Database;
  let cache: Cache;
  const tenantId = randomUUID();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await withClient(testDatabase.adminUrl, (admin) => seedTenant(admin, tenantId));
    proxy = await TcpProxy.inFrontOf(testDatabase.applicationUrl);
    const env = { DATABASE_URL: proxy.url, DB_POOL_MIN_IDLE: '0', CACHE_STORE: 'memory' };
    module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment(env), DatabaseModule, CacheModule],
      providers: [Tenants],
    }).compile();
    module.useLogger(false);
    await module.init();
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

  beforeEach(() =>
    inTenant(async () => {
      await tenants.rename('before');
      await tenants.name();
    }),
  );

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

  it('evicts nothing when the method throws', () =>
    inTenant(async () => {
      await expect(tenants.refuse()).rejects.toThrow(RangeError);
      expect(await loadsDuring(() => tenants.name())).toBe(0);
    }));

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
      expect(await loadsDuring(() => tenants.name())).toBe(1);

      tenants.onRename = () => {
        proxy.delayMs = 20;
        setTimeout(() => proxy.cut(), 30);
      };
      await expect(tenants.rename('after')).rejects.toMatchObject({ status: 503 });
      proxy.delayMs = 0;
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
