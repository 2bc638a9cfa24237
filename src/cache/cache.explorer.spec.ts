import { Controller, Injectable, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../config/config.module';
import { runInContext } from '../context/request-context';
import { CacheEvict } from './cache-evict.decorator';
import { CacheModule } from './cache.module';
import { Cacheable } from './cacheable.decorator';
import { tag } from './tag';

@Injectable()
class Shelf {
  loads = 0;

  @Cacheable({ cache: 'asset', key: (page: number) => ['list', { page }] })
  list(page: number): Promise<{ page: number; load: number }> {
    return Promise.resolve({ page, load: ++this.loads });
  }

  @Cacheable({ cache: 'asset', key: (id: string) => ['id', id], tags: (id) => [tag('shelf', id)] })
  one(id: string, suffix = ''): Promise<string> {
    this.loads++;
    return Promise.resolve(id + suffix);
  }

  both(page: number): Promise<unknown[]> {
    return Promise.all([this.list(page), this.list(page)]);
  }

  @CacheEvict({ tags: (id: string) => [tag('shelf', id)], pattern: 'asset:list:*' })
  rename(_id: string, name: string): Promise<string> {
    return name === '' ? Promise.reject(new RangeError('nameless')) : Promise.resolve(name);
  }
}

describe('CacheExplorer', () => {
  const asTenant = <T>(work: () => T, tenantId = 'one'): T =>
    runInContext({ requestId: 'test', actor: { userId: 'user', tenantId } }, work);

  const boot = async (...providers: (new () => unknown)[]) => {
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment({}), CacheModule],
      providers,
    }).compile();
    return module.init();
  };

  it('answers the second call from the cache, also through this', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    await asTenant(() => shelf.list(1));
    await asTenant(() => shelf.both(1));
    expect(shelf.loads).toBe(1);
    await asTenant(() => shelf.list(2));
    expect(shelf.loads).toBe(2);
  });

  it('keeps tenants apart', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    expect(await asTenant(() => shelf.list(1), 'one')).toEqual({ page: 1, load: 1 });
    expect(await asTenant(() => shelf.list(1), 'two')).toEqual({ page: 1, load: 2 });
  });

  it('evicts what the decorator names after the method returned, and nothing when it throws', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    const readBoth = () => asTenant(async () => [await shelf.list(1), await shelf.one('a')]);
    await readBoth();
    await expect(asTenant(() => shelf.rename('a', ''))).rejects.toThrow(RangeError);
    await readBoth();
    expect(shelf.loads).toBe(2);
    await asTenant(() => shelf.rename('a', 'b'));
    await readBoth();
    expect(shelf.loads).toBe(4);
  });

  it('refuses at boot what cannot work, all at once', async () => {
    @Controller()
    class Front {
      @Cacheable({ cache: 'risk', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @Cacheable({ cache: 'risk', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class Transient {
      @Cacheable({ cache: 'risk', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable()
    class Wrong {
      // @ts-expect-error: the type refuses it too
      @Cacheable({ cache: 'risk', key: () => ['x'] })
      sync(): number {
        return 1;
      }

      // @ts-expect-error: no such cache
      @Cacheable({ cache: 'rsik', key: () => ['x'] })
      async misspelt(): Promise<void> {}

      @Cacheable({ cache: 'risk', key: () => ['x'] })
      @CacheEvict({ pattern: 'risk:*' })
      async both(): Promise<void> {}

      @Cacheable({ cache: 'connector', key: () => ['x'], visibility: 'user', tags: [tag('app')] })
      async shared(): Promise<void> {}

      @CacheEvict({ pattern: 'risk:list' })
      async halfPattern(): Promise<void> {}

      @CacheEvict({})
      async nothing(): Promise<void> {}
    }
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment({}), CacheModule],
      controllers: [Front],
      providers: [PerRequest, Transient, Wrong],
    }).compile();
    const problems: string[] = await module.init().then(
      () => [],
      (error: unknown) => (error as { problems: string[] }).problems,
    );
    expect(problems).toEqual([
      'Front.get is on a controller: decorate the reader or service behind it',
      'PerRequest is request-scoped or transient: only singletons can be cached',
      'Transient is request-scoped or transient: only singletons can be cached',
      'Wrong.sync does not return a promise: only async methods can be cached',
      'Wrong.misspelt names an unknown cache "rsik"',
      'Wrong.both has both @Cacheable and @CacheEvict: a hit would never evict',
      'Wrong.shared has a visibility, but all tenants share the cache connector',
      'Wrong.shared has a tag of one tenant, but all tenants share the cache connector: use sharedTag()',
      'Wrong.halfPattern Eviction pattern "risk:list" must end with ":*"',
      'Wrong.nothing evicts nothing',
    ]);
  });
});
