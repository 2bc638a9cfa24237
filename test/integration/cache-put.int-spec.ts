import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { escapeIdentifier } from 'pg';
import { Cache } from '../../src/cache/cache';
import { CacheEvict } from '../../src/cache/cache-evict.decorator';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CachePut } from '../../src/cache/cache-put.decorator';
import { CacheModule } from '../../src/cache/cache.module';
import { Cacheable } from '../../src/cache/cacheable.decorator';
import { tag } from '../../src/cache/tag';
import { ConfigModule } from '../../src/config/config.module';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { enlist } from '../../src/database/transaction.events';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { asTenant } from '../support/open-cache';
import { withClient } from '../support/open-database';
import { sharedRedisUrl } from '../support/redis-server';
import { until } from '../support/until';

const ROWS = tag('put', 'rows');

interface Rows {
  readonly values: readonly number[];
}

type Moment = 'before its transaction' | 'when it has read' | 'at its COMMIT' | 'when it has committed';

@Injectable()
class Table {
  loads = 0;
  /** What happens in the middle of the next write, at each of its moments. */
  at: Partial<Record<Moment, () => Promise<unknown>>> = {};

  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'rbac', key: () => ['rows'], tags: [ROWS] })
  all(): Promise<Rows> {
    this.loads++;
    return this.read();
  }

  @Cacheable({ cache: 'rbac', key: () => ['mine'], tags: [ROWS], visibility: 'user' })
  mine(): Promise<Rows> {
    this.loads++;
    return this.read();
  }

  @CachePut({ cache: 'rbac', key: () => ['rows'], tags: [ROWS] })
  async put(id: number, value: number): Promise<Rows> {
    await this.reach('before its transaction');
    const rows = await this.write(id, value);
    await this.reach('when it has committed');
    return rows;
  }

  @CachePut({ cache: 'rbac', key: () => ['mine'], tags: [ROWS], visibility: 'user' })
  putMine(id: number, value: number): Promise<Rows> {
    return this.write(id, value);
  }

  @CachePut<[number, number], Rows>({
    cache: 'rbac',
    key: () => ['rows'],
    tags: [ROWS],
    condition: (_id, value) => value !== 13,
    unless: ({ values }) => values.includes(14),
  })
  putUnlucky(id: number, value: number): Promise<Rows> {
    return this.write(id, value);
  }

  @CachePut({ cache: 'rbac', key: () => ['rows'], tags: [ROWS] })
  async putTwice(id: number, value: number): Promise<Rows> {
    await this.write(id, value - 1);
    return this.write(id, value);
  }

  @CachePut({ cache: 'rbac', key: () => ['rows'], tags: [ROWS] })
  async putUndone(id: number, value: number): Promise<Rows> {
    let rows: Rows = { values: [] };
    const undone = this.database.transaction(async () => {
      rows = await this.write(id, value);
      throw new RangeError('undone');
    });
    await undone.catch(() => undefined);
    return rows;
  }

  @CachePut({ cache: 'rbac', key: () => ['rows'], tags: [ROWS] })
  putWithoutTransaction(rows: Rows): Promise<Rows> {
    return Promise.resolve(rows);
  }

  @CacheEvict({ tags: [ROWS] })
  change(id: number, value: number): Promise<Rows> {
    return this.write(id, value);
  }

  private write(id: number, value: number): Promise<Rows> {
    return this.database.transaction(async (tx) => {
      const atCommit = { prepare: () => this.reach('at its COMMIT'), ended: () => Promise.resolve() };
      if (this.at['at its COMMIT']) enlist(atCommit, null);
      await tx.query('UPDATE put_rows SET value = $2 WHERE id = $1', [id, value]);
      const rows = await this.read();
      await this.reach('when it has read');
      return rows;
    });
  }

  private async read(): Promise<Rows> {
    const rows = await this.database.read((session) =>
      session.query<{ value: number }>('SELECT value FROM put_rows ORDER BY id'),
    );
    return { values: rows.map(({ value }) => value) };
  }

  private async reach(moment: Moment): Promise<void> {
    const { [moment]: act, ...later } = this.at;
    this.at = later;
    await act?.();
  }
}

const stores: [string, Record<string, string>][] = [['memory', { CACHE_STORE: 'memory' }]];
if (sharedRedisUrl === undefined) process.stdout.write('skipped, there is no Redis: puts over redis\n');
else stores.push(['redis', { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: 'put', CACHE_DEADLINE_MS: '5000' }]);

describe.each(stores)('@CachePut over %s', (kind, settings) => {
  const [tenantId, me, you] = [randomUUID(), randomUUID(), randomUUID()];
  let testDatabase: TestDatabase;
  let module: TestingModule;
  let other: TestingModule;
  let table: Table;
  /** Another instance, where the store is shared. */
  let rival: Table;

  const boot = async (): Promise<TestingModule> => {
    const env = { DATABASE_URL: testDatabase.applicationUrl, DB_POOL_MIN_IDLE: '0', ...settings };
    const booted = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment(env), DatabaseModule, CacheModule],
      providers: [Table],
    }).compile();
    booted.useLogger(false);
    await booted.init();
    await until(() => booted.get(CacheHealthReader).cacheHealth().breaker === 'closed');
    return booted;
  };

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const user = escapeIdentifier(decodeURIComponent(new URL(testDatabase.applicationUrl).username));
    await withClient(testDatabase.adminUrl, (admin) =>
      admin.query(`CREATE TABLE put_rows (id int PRIMARY KEY, value int NOT NULL); GRANT SELECT, UPDATE ON put_rows TO ${user};
                   INSERT INTO put_rows VALUES (1, 0), (2, 0)`),
    );
    module = await boot();
    other = kind === 'redis' ? await boot() : module;
    table = module.get(Table);
    rival = other.get(Table);
  });
  afterAll(async () => {
    await module.close();
    if (other !== module) await other.close();
    await testDatabase.drop();
  });

  const inTenant = <T>(work: () => Promise<T>): Promise<T> => asTenant(tenantId, work, me);
  /** Ready to run in a flow of its own: it does not belong to the transaction from which it is called. */
  const apart = <T>(work: () => Promise<T>): (() => Promise<T>) => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const done = inTenant(() => begun.then(work));
    return () => {
      begin();
      return done;
    };
  };
  const database = (): Database => module.get(Database);

  let value = 0;
  beforeEach(async () => {
    table.at = {};
    value += 10;
    await inTenant(async () => {
      await table.change(1, value);
      await table.change(2, value);
      await table.all();
    });
  });

  /** What the cache answers, and whether it had to load it. */
  const read = (from = table): Promise<{ values: readonly number[]; loaded: boolean }> =>
    inTenant(async () => {
      const before = from.loads;
      const { values } = await from.all();
      return { values, loaded: from.loads > before };
    });

  it('what a write returns is the next answer, here and at other instances, and it is not loaded', async () => {
    const returned = await inTenant(() => table.put(1, value + 1));
    expect(returned).toEqual({ values: [value + 1, value] });
    expect(await read()).toEqual({ ...returned, loaded: false });
    expect((await read(rival)).values).toEqual(returned.values);
    await until(async () => !(await read(rival)).loaded);
  });

  it('the answer from before is gone all the same, and so is whatever depends on its tags', async () => {
    await inTenant(() => table.mine());
    await inTenant(() => table.put(1, value + 1));
    expect((await inTenant(() => table.mine())).values).toEqual([value + 1, value]);
  });

  it('is put with the next one too: each write finds what the one before has left', async () => {
    for (const next of [1, 2, 3]) {
      await inTenant(() => table.put(2, value + next));
      expect(await read()).toEqual({ values: [value, value + next], loaded: false });
    }
  });

  it('a method of several transactions puts what it returns in the end', async () => {
    await inTenant(() => table.putTwice(1, value + 2));
    expect(await read()).toEqual({ values: [value + 2, value], loaded: false });
  });

  it('an answer of one user is put for that user alone', async () => {
    await inTenant(() => table.putMine(1, value + 1));
    const loadsAs = async (user: string): Promise<number> => {
      const before = table.loads;
      await asTenant(tenantId, () => table.mine(), user);
      return table.loads - before;
    };
    expect([await loadsAs(me), await loadsAs(you)]).toEqual([0, 1]);
  });

  const moments: Moment[] = ['before its transaction', 'when it has read', 'at its COMMIT', 'when it has committed'];
  describe.each(moments)('another write that comes and goes %s', (moment) => {
    it.each<[string, () => Promise<unknown>]>([
      ['an eviction around a COMMIT', () => rival.change(2, value + 5)],
      ['another put', () => rival.put(2, value + 5)],
      [
        'an eviction after a COMMIT',
        async () => {
          await other
            .get(Database)
            .transaction((tx) => tx.query('UPDATE put_rows SET value = $1 WHERE id = 2', [value + 5]));
          await other.get(Cache).evict({ tags: [ROWS] });
        },
      ],
    ])('keeps it from being stored: %s', async (_how, write) => {
      table.at = { [moment]: apart(write) };
      await inTenant(() => table.put(1, value + 1));
      expect((await read()).values).toEqual([value + 1, value + 5]);
      expect((await read(rival)).values).toEqual([value + 1, value + 5]);
    });
  });

  it('what is still being written by somebody else when it ends keeps it from being stored', async () => {
    let rivalHolds: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (rivalHolds = resolve));
    let atCommit: () => void = () => undefined;
    const isAtCommit = new Promise<void>((resolve) => (atCommit = resolve));
    rival.at = {
      'at its COMMIT': () => {
        atCommit();
        return held;
      },
    };
    const writing = inTenant(() => rival.change(2, value + 5));
    await isAtCommit;
    await inTenant(() => table.put(1, value + 1));
    rivalHolds();
    await writing;
    expect((await read()).values).toEqual([value + 1, value + 5]);
  });

  it('nothing is stored without a transaction, after one that was undone, or by condition and unless', async () => {
    await inTenant(() => table.putWithoutTransaction({ values: [] }));
    expect(await read()).toEqual({ values: [value, value], loaded: true });
    expect(await inTenant(() => table.putUndone(1, value + 1))).toEqual({ values: [value + 1, value] });
    expect(await read()).toEqual({ values: [value, value], loaded: true });
    for (const unlucky of [13, 14]) {
      await inTenant(() => table.putUnlucky(1, unlucky));
      expect(await read()).toEqual({ values: [unlucky, value], loaded: true });
    }
    await inTenant(() => table.putUnlucky(1, 15));
    expect(await read()).toEqual({ values: [15, value], loaded: false });
  });

  it('a throw before COMMIT leaves the old answer', async () => {
    table.at = { 'when it has read': () => Promise.reject(new RangeError('refused')) };
    await expect(inTenant(() => table.put(1, value + 1))).rejects.toThrow(RangeError);
    expect(await read()).toEqual({ values: [value, value], loaded: false });
  });

  describe('in a larger transaction', () => {
    const inOne = <T>(work: () => Promise<T>): Promise<T> => inTenant(() => database().transaction(work));

    it('the last word is stored at its COMMIT, and nothing before', async () => {
      const before = apart(() => rival.all());
      await inOne(async () => {
        await table.put(1, value + 1);
        expect((await before()).values).toEqual([value, value]);
        await table.put(2, value + 2);
      });
      expect(await read()).toEqual({ values: [value + 1, value + 2], loaded: false });
    });

    it('a rollback leaves the old answer, of a savepoint too', async () => {
      const undone = inOne(async () => {
        await table.put(1, value + 1);
        throw new RangeError('undone');
      });
      await expect(undone).rejects.toThrow(RangeError);
      expect(await read()).toEqual({ values: [value, value], loaded: false });

      await inOne(async () => {
        const savepoint = database().transaction(async () => {
          await table.put(1, value + 1);
          throw new RangeError('undone');
        });
        await expect(savepoint).rejects.toThrow(RangeError);
      });
      expect(await read()).toEqual({ values: [value, value], loaded: false });
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a write that only evicts', () => table.change(2, value + 2)],
      [
        'a change with an eviction by hand',
        async () => {
          await module.get(Cache).evict({ tags: [ROWS] });
          await database().transaction((tx) => tx.query('UPDATE put_rows SET value = $1 WHERE id = 2', [value + 2]));
        },
      ],
      ['a put at the same time', () => table.put(2, value + 2)],
    ])('nothing is stored when it is not the last word: %s', async (how, write) => {
      await inOne(async () => {
        if (how === 'a put at the same time') await Promise.all([table.put(1, value + 1), write()]);
        else {
          await table.put(1, value + 1);
          await write();
        }
      });
      expect(await read()).toEqual({ values: [value + 1, value + 2], loaded: true });
    });

    it('a savepoint that was undone after it does not take away what it has put', async () => {
      await inOne(async () => {
        await table.put(1, value + 1);
        const savepoint = database().transaction(async () => {
          await table.change(2, value + 2);
          throw new RangeError('undone');
        });
        await expect(savepoint).rejects.toThrow(RangeError);
      });
      expect(await read()).toEqual({ values: [value + 1, value], loaded: false });
    });

    it('another write that comes and goes before its COMMIT keeps it from being stored', async () => {
      const interfere = apart(() => rival.change(2, value + 5));
      await inOne(async () => {
        await table.put(1, value + 1);
        await interfere();
      });
      expect((await read()).values).toEqual([value + 1, value + 5]);
    });
  });
});
