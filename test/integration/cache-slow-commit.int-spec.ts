import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { escapeIdentifier } from 'pg';
import { CacheHealthReader } from '../../src/cache/cache-health.reader';
import { CachePut } from '../../src/cache/cache-put.decorator';
import { CacheModule } from '../../src/cache/cache.module';
import { Cacheable } from '../../src/cache/cacheable.decorator';
import { ConfigModule } from '../../src/config/config.module';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { asTenant } from '../support/open-cache';
import { withClient } from '../support/open-database';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/** Longer than a mark lives without being renewed. */
const COMMIT_SECONDS = 2.2;
const SILENCE_MS = 600_000;

@Injectable()
class Value {
  loads = 0;

  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'rbac', key: () => ['value'] })
  async get(): Promise<{ value: number }> {
    this.loads++;
    const [row] = await this.database.read((session) => session.query<{ value: number }>('SELECT value FROM slow'));
    return { value: row?.value ?? 0 };
  }

  /** Its COMMIT takes long: a constraint is deferred until then. */
  @CachePut({ cache: 'rbac', key: () => ['value'] })
  set(value: number): Promise<{ value: number }> {
    return this.database.transaction(async (tx) => {
      await tx.query('UPDATE slow SET value = $1', [value]);
      return { value };
    });
  }
}

describeWithRedis('A COMMIT that takes longer than a mark lives', () => {
  let testDatabase: TestDatabase;
  let redis: TestRedis;
  let network: TcpProxy;
  let writer: TestingModule;
  let reader: TestingModule;
  let value = 0;
  const tenantId = randomUUID();

  const boot = async (redisUrl: string): Promise<TestingModule> => {
    const env = { DATABASE_URL: testDatabase.applicationUrl, DB_POOL_MIN_IDLE: '0', REDIS_URL: redisUrl };
    const module = await Test.createTestingModule({
      imports: [ConfigModule.forEnvironment(env), DatabaseModule, CacheModule],
      providers: [Value],
    }).compile();
    module.useLogger(false);
    return module.init();
  };
  const isUp = (module: TestingModule): boolean => module.get(CacheHealthReader).cacheHealth().breaker === 'closed';
  const inTenant = <T>(work: () => Promise<T>): Promise<T> => asTenant(tenantId, work, randomUUID());
  const read = async (from = reader): Promise<number> => (await inTenant(() => from.get(Value).get())).value;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const user = escapeIdentifier(decodeURIComponent(new URL(testDatabase.applicationUrl).username));
    await withClient(testDatabase.adminUrl, (admin) =>
      admin.query(`
        CREATE TABLE slow (value int NOT NULL);
        INSERT INTO slow VALUES (0);
        GRANT SELECT, UPDATE ON slow TO ${user};
        CREATE FUNCTION think() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(${COMMIT_SECONDS}); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER thinks AFTER UPDATE ON slow DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION think()`),
    );
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
  beforeEach(async () => {
    await until(() => isUp(writer) && isUp(reader));
    expect(await read()).toBe(value);
  });

  /** Reads all the while, and tells whether anybody was answered from the cache. */
  const writeAndWatch = async (during?: () => void): Promise<{ hits: number; reads: number }> => {
    const before = value;
    let writing = true;
    const write = inTenant(() => writer.get(Value).set(before + 1)).finally(() => (writing = false));
    await until(async () => {
      const { loads } = reader.get(Value);
      await read();
      return reader.get(Value).loads > loads;
    });
    during?.();
    let [hits, reads] = [0, 0];
    await until(async () => {
      const { loads } = reader.get(Value);
      const seen = await read();
      if (writing && seen === before) {
        reads++;
        if (reader.get(Value).loads === loads) hits++;
      }
      return !writing;
    });
    await write;
    value = before + 1;
    return { hits, reads };
  };

  it('keeps its marks: nobody is answered from the cache until it has returned, and what it returns is put', async () => {
    const { hits, reads } = await writeAndWatch();
    expect(hits).toBe(0);
    expect(reads).toBeGreaterThan(20);
    expect(await read()).toBe(value);
    const loads = reader.get(Value).loads;
    expect(await read()).toBe(value);
    expect(reader.get(Value).loads).toBe(loads);
    expect(await read(writer)).toBe(value);
    expect(writer.get(Value).loads).toBe(0);
  });

  it('puts nothing when its marks have ended on the way, and the old value is gone once Redis is back', async () => {
    await writeAndWatch(() => (network.delayMs = SILENCE_MS));
    network.delayMs = 0;
    expect(await read(writer)).toBe(value);
    await until(async () => (await read()) === value);
    await until(() => isUp(writer));
    expect([await read(), await read(writer)]).toEqual([value, value]);
  });
});
