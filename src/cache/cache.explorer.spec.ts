import { Controller, Injectable, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../config/config.module';
import { runInContext } from '../context/request-context';
import { currentReach, ReachNotInKey, type Reach } from '../context/rights';
import { CacheEvict } from './cache-evict.decorator';
import { CachePut } from './cache-put.decorator';
import { CacheModule } from './cache.module';
import { Cacheable } from './cacheable.decorator';
import { sharedTag, tag } from './tag';

@Injectable()
class Shelf {
  loads = 0;

  @Cacheable({ cache: 'rbac', key: (page: number) => ['list', { page }] })
  list(page: number): Promise<{ page: number; load: number }> {
    return Promise.resolve({ page, load: ++this.loads });
  }

  @Cacheable({ cache: 'rbac', key: (id: string) => ['id', id], tags: (id) => [tag('shelf', id)] })
  one(id: string, suffix = ''): Promise<string> {
    this.loads++;
    return Promise.resolve(id + suffix);
  }

  @Cacheable({
    cache: 'rbac',
    key: (text: string) => ['search', { text }],
    condition: (text: string) => text.length > 2,
    unless: (found: string[], text: string) => found.length === 0 || text === 'secret',
  })
  search(text: string): Promise<string[]> {
    this.loads++;
    return Promise.resolve(text === 'nothing' ? [] : [text]);
  }

  @Cacheable({ cache: 'risk', key: () => ['visible'], reach: ['risk:read'] })
  visible(): Promise<{ reach: Reach; load: number }> {
    return Promise.resolve({ reach: currentReach('risk:read'), load: ++this.loads });
  }

  @Cacheable({ cache: 'risk', key: () => ['summary'], reach: ['risk:delete'] })
  summary(): Promise<unknown> {
    return this.visible();
  }

  @Cacheable({ cache: 'rbac', key: () => ['owned'] })
  owned(): Promise<unknown> {
    return Promise.resolve({ reach: currentReach('risk:read') });
  }

  @CacheEvict({ allEntries: 'rbac', beforeInvocation: true })
  async clear(meanwhile: () => Promise<unknown>): Promise<void> {
    await meanwhile();
    throw new RangeError('cleared all the same');
  }

  @CachePut({ cache: 'rbac', key: (id: string) => ['id', id], evicts: { pattern: 'rbac:list:*' } })
  replace(_id: string, name: string): Promise<string> {
    return name === '' ? Promise.reject(new RangeError('nameless')) : Promise.resolve(name);
  }

  both(page: number): Promise<unknown[]> {
    return Promise.all([this.list(page), this.list(page)]);
  }

  @CacheEvict({ tags: (id: string) => [tag('shelf', id)], pattern: 'rbac:list:*' })
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

  it('evicts its key and what else it names when a put returned, and nothing when it throws', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    const readBoth = () => asTenant(async () => [await shelf.list(1), await shelf.one('a')]);
    await readBoth();
    await expect(asTenant(() => shelf.replace('a', ''))).rejects.toThrow(RangeError);
    await readBoth();
    expect(shelf.loads).toBe(2);
    expect(await asTenant(() => shelf.replace('a', 'b'))).toBe('b');
    expect(await readBoth()).toEqual([{ page: 1, load: 3 }, 'a']);
    expect(shelf.loads).toBe(4);
  });

  it('asks condition before and unless after the method, with its arguments and plain JSON', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    const loadsOf = async (text: string): Promise<number> => {
      const before = shelf.loads;
      await asTenant(() => shelf.search(text));
      await asTenant(() => shelf.search(text));
      return shelf.loads - before;
    };
    expect(await loadsOf('long enough')).toBe(1);
    expect(await loadsOf('ab')).toBe(2);
    expect(await loadsOf('nothing')).toBe(2);
    expect(await loadsOf('secret')).toBe(2);
  });

  it('evicts before the method and whatever comes of it, also what was loaded while it ran', async () => {
    const shelf = (await boot(Shelf)).get(Shelf);
    await asTenant(() => shelf.list(1));
    const reload = () => shelf.list(1);
    await expect(asTenant(() => shelf.clear(reload))).rejects.toThrow(RangeError);
    expect(shelf.loads).toBe(2);
    await asTenant(() => shelf.list(1));
    expect(shelf.loads).toBe(3);
  });

  describe('an answer that depends on whose things the caller may see', () => {
    const asPerson = <T>(reach: Reach | undefined, work: () => T, userId = 'user'): T => {
      const rights = { reachOf: (permission: string) => (permission === 'risk:read' ? reach : undefined) };
      return runInContext({ requestId: 'test', actor: { userId, tenantId: 'one', sessionId: 's' }, rights }, work);
    };

    it('is shared by those who see the same, and by nobody else', async () => {
      const shelf = (await boot(Shelf)).get(Shelf);
      const ask = (reach: Reach | undefined, userId: string) => asPerson(reach, () => shelf.visible(), userId);
      const everything = await ask('tenant', 'ann');
      expect(await ask('tenant', 'bob')).toBe(everything);
      const team = await ask(['ann', 'bob'], 'ann');
      expect(team).toEqual({ reach: ['ann', 'bob'], load: 2 });
      expect(await ask(['ann', 'bob'], 'bob')).toBe(team);
      expect(await ask(['ann', 'bob', 'zoe'], 'ann')).toEqual({ reach: ['ann', 'bob', 'zoe'], load: 3 });
      expect(await ask(['ann'], 'ann')).toEqual({ reach: ['ann'], load: 4 });
      expect(await ask(['bob'], 'bob')).toEqual({ reach: ['bob'], load: 5 });
      expect(await ask(undefined, 'eve')).toEqual({ reach: [], load: 6 });
      expect(await ask(['ann'], 'ann')).toMatchObject({ load: 4 });
    });

    it('is shared by all when it is work of our own', async () => {
      const shelf = (await boot(Shelf)).get(Shelf);
      const everything = await asPerson('tenant', () => shelf.visible());
      expect(await asTenant(() => shelf.visible())).toBe(everything);
    });

    it('is never made where the key does not say so', async () => {
      const shelf = (await boot(Shelf)).get(Shelf);
      await expect(asPerson(['ann'], () => shelf.owned())).rejects.toThrow(ReachNotInKey);
      await expect(asPerson(['ann'], () => shelf.summary())).rejects.toThrow(ReachNotInKey);
      expect(shelf.loads).toBe(0);
    });
  });

  it('refuses at boot what cannot work, all at once', async () => {
    @Controller()
    class Front {
      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class Transient {
      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      async get(): Promise<void> {}
    }
    @Injectable()
    class Wrong {
      // @ts-expect-error: the type refuses it too
      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      sync(): number {
        return 1;
      }

      // @ts-expect-error: no such cache
      @Cacheable({ cache: 'rsik', key: () => ['x'] })
      async misspelt(): Promise<void> {}

      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      @CacheEvict({ pattern: 'risk:*' })
      async both(): Promise<void> {}

      @Cacheable({ cache: 'connector', key: () => ['x'], visibility: 'user', tags: [tag('app')] })
      async shared(): Promise<void> {}

      @CacheEvict({ pattern: 'risk:list' })
      async halfPattern(): Promise<void> {}

      // @ts-expect-error: no such cache
      @CacheEvict({ allEntries: ['risk', 'rsik'] })
      async allOfNothing(): Promise<void> {}

      @Cacheable({ cache: 'rbac', key: () => ['x'], nullTtlSeconds: 0 })
      async noLife(): Promise<void> {}

      @Cacheable({ cache: 'risk', key: () => ['x'] })
      async ofWhom(): Promise<void> {}

      @CachePut({ cache: 'dashboard', key: () => ['x'], reach: [] })
      async putForWhom(): Promise<void> {}

      @Cacheable({ cache: 'connector', key: () => ['x'], reach: ['risk:read'] })
      async sharedByFew(): Promise<void> {}

      @Cacheable({ cache: 'connector', key: () => ['x'], resultTags: { among: [tag('row', 1)], of: () => [] } })
      async sharedWithRows(): Promise<void> {}

      @Cacheable({ cache: 'rbac', key: () => ['x'], resultTags: { among: [sharedTag('row', 1)], of: () => [] } })
      async rowsOfAll(): Promise<void> {}

      @CacheEvict({})
      async nothing(): Promise<void> {}

      @Cacheable({ cache: 'rbac', key: () => ['x'] })
      @CachePut({ cache: 'rbac', key: () => ['x'] })
      async readsAndWrites(): Promise<void> {}

      @CacheEvict({ pattern: 'risk:*' })
      @CachePut({ cache: 'rbac', key: () => ['x'] })
      async evictsTwice(): Promise<void> {}

      // @ts-expect-error: no such cache
      @CachePut({ cache: 'rsik', key: () => ['x'] })
      async putNowhere(): Promise<void> {}

      @CachePut({ cache: 'connector', key: () => ['x'], visibility: 'user', ttlSeconds: 0, evicts: {} })
      async putWrongly(): Promise<void> {}
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
      'Wrong.allOfNothing names an unknown cache "rsik"',
      'Wrong.noLife has nullTtlSeconds 0: it must be positive, and at most 172800',
      'Wrong.ofWhom says no reach, but what is in the cache risk belongs to somebody',
      'Wrong.putForWhom says no reach, but what is in the cache dashboard belongs to somebody',
      'Wrong.sharedByFew has a reach, but all tenants share the cache connector',
      'Wrong.sharedWithRows has resultTags that are of one tenant: the cache connector is not',
      'Wrong.rowsOfAll has resultTags that are shared by all: the cache rbac is not',
      'Wrong.nothing evicts nothing',
      'Wrong.readsAndWrites has both @Cacheable and @CachePut: a hit would never write',
      'Wrong.evictsTwice has both @CacheEvict and @CachePut: name it in `evicts`',
      'Wrong.putNowhere names an unknown cache "rsik"',
      'Wrong.putWrongly has ttlSeconds 0: it must be positive, and at most 172800',
      'Wrong.putWrongly has a visibility, but all tenants share the cache connector',
      'Wrong.putWrongly evicts nothing',
    ]);
  });
});
