import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { Cache } from '../../src/cache/cache';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CacheModule } from '../../src/cache/cache.module';
import { ConfigModule } from '../../src/config/config.module';
import { asTenant } from '../support/open-cache';

describe('A store chosen in code', () => {
  const boot = async (store: Map<string, unknown>, settings: Record<string, string> = {}) => {
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.forEnvironment({ CACHE_DEADLINE_MS: '50', ...settings }),
        CacheModule.withStore(new Keyv({ store, useKeyPrefix: false })),
      ],
    }).compile();
    await module.init();
    let loads = 0;
    const read = () =>
      asTenant('one', () =>
        module.get(Cache).getOrLoad({ cache: 'risk', key: ['x'] }, () => Promise.resolve({ load: ++loads })),
      );
    const evict = () => asTenant('one', () => module.get(Cache).evict({ allEntries: 'risk' }));
    return {
      read,
      evict,
      loads: () => loads,
      kind: module.get(CacheHealthReader).cacheHealth().kind,
      close: () => module.close(),
    };
  };

  it('is answered from, and evicted', async () => {
    const values = new Map<string, unknown>();
    const { read, evict, kind, close } = await boot(values);
    expect(kind).toBe('custom');
    await read();
    expect(await read()).toEqual({ load: 1 });
    expect([...values.keys()]).toEqual(['e:v1:tenant:one:all:risk:x']);
    await evict();
    expect(await read()).toEqual({ load: 2 });
    await close();
  });

  it('is not believed by the next process: who knows what was written meanwhile', async () => {
    const values = new Map<string, unknown>();
    const [before, after] = [await boot(values), await boot(values)];
    await before.read();
    expect([await before.read(), before.loads()]).toEqual([{ load: 1 }, 1]);
    await after.read();
    expect([await after.read(), after.loads()]).toEqual([{ load: 1 }, 1]);
    await before.close();
    await after.close();
  });

  it('may fail or hang: then the loader answers', async () => {
    class Broken extends Map<string, unknown> {
      override get(): Promise<never> {
        return new Promise(() => undefined);
      }
      override set(): never {
        throw new Error('full');
      }
    }
    const { read, close } = await boot(new Broken());
    expect(await read()).toEqual({ load: 1 });
    expect(await read()).toEqual({ load: 2 });
    await close();
  });

  it('is left alone while the cache is switched off', async () => {
    const values = new Map<string, unknown>();
    const { read, close } = await boot(values, { CACHE_ENABLED: 'false' });
    await read();
    expect(values.size).toBe(0);
    await close();
  });
});
