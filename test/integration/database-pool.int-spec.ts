import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/database/database';
import { createTestDatabase } from '../support/database';
import { openDatabase, withClient, type OpenDatabase } from '../support/open-database';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

describe('the connection pool', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let proxy: TcpProxy;
  let open: OpenDatabase | undefined;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    proxy = await TcpProxy.inFrontOf(testDatabase.applicationUrl);
  });

  afterEach(async () => {
    proxy.delayMs = 0;
    proxy.refusing = false;
    await open?.close();
    open = undefined;
  });

  afterAll(async () => {
    await proxy.close();
    await testDatabase.drop();
  });

  async function start(settings: Record<string, string>): Promise<Database> {
    open = await openDatabase(proxy.url, settings);
    return open.database;
  }

  const one = (database: Database): Promise<unknown[]> => database.read((session) => session.query('SELECT 1'), {});

  it('answers 503 within the acquire timeout when no connection comes free, and counts it', async () => {
    const database = await start({ DB_POOL_MAX_OPEN: '2', DB_ACQUIRE_TIMEOUT_MS: '100' });
    const busy = [hold(database), hold(database)];
    await Promise.all(busy.map(({ holding }) => holding));
    const since = performance.now();
    const waiting = one(database);
    expect(database.poolStats()).toMatchObject({ open: 2, inUse: 2, idle: 0, waiting: 1, status: 'critical' });
    await expect(waiting).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(performance.now() - since).toBeLessThan(450);
    await Promise.all(busy.map(({ finish }) => finish()));

    await one(database);
    const stats = database.poolStats();
    expect(stats).toMatchObject({ open: 2, inUse: 0, idle: 2, waiting: 0, timeouts: 1, maxOpen: 2, status: 'healthy' });
    expect(stats.waitMs).toBeGreaterThanOrEqual(99);
  });

  it('serves whoever waited long enough, and nobody gets the connection of one who gave up', async () => {
    const database = await start({ DB_POOL_MAX_OPEN: '1', DB_ACQUIRE_TIMEOUT_MS: '60' });
    const busy = hold(database);
    await busy.holding;
    const gaveUp = one(database);
    await expect(gaveUp).rejects.toMatchObject({ status: 503 });
    const patient = one(database);
    await busy.finish();
    await expect(patient).resolves.toHaveLength(1);
    expect(database.poolStats()).toMatchObject({ open: 1, idle: 1, waiting: 0 });
  });

  it('survives that the pool gives up on a request that nobody waits for any more', async () => {
    const limits = { DB_POOL_MAX_OPEN: '1', DB_ACQUIRE_TIMEOUT_MS: '50', DB_CONNECT_TIMEOUT_MS: '80' };
    const database = await start(limits);
    const busy = hold(database);
    await busy.holding;
    await expect(one(database)).rejects.toMatchObject({ status: 503 });
    await sleep(100);
    await busy.finish();
    await one(database);
    expect(database.poolStats()).toMatchObject({ open: 1, inUse: 0, waiting: 0 });
  });

  it('has the connection of a read back before the caller goes on', async () => {
    const database = await start({});
    await database.read(() => Promise.resolve('needs no rows'), {});
    expect(database.poolStats()).toMatchObject({ open: 1, idle: 1, inUse: 0 });
  });

  it('reports warning and critical by the share in use', async () => {
    const database = await start({
      DB_POOL_MAX_OPEN: '4',
      DB_POOL_WARNING_RATIO: '0.5',
      DB_POOL_CRITICAL_RATIO: '0.75',
    });
    const busy: ReturnType<typeof hold>[] = [];
    const seen: string[] = [database.poolStats().status];
    for (let count = 1; count <= 4; count++) {
      busy.push(hold(database));
      await busy.at(-1)?.holding;
      seen.push(database.poolStats().status);
    }
    expect(seen).toEqual(['healthy', 'healthy', 'warning', 'warning', 'critical']);
    await Promise.all(busy.map(({ finish }) => finish()));
  });

  it('opens the connections that it keeps before the first request, and replaces those that go', async () => {
    const database = await start({ DB_POOL_MAX_OPEN: '5', DB_POOL_MIN_IDLE: '3' });
    expect(database.poolStats()).toMatchObject({ open: 3, idle: 3, inUse: 0, waitCount: 0 });
    proxy.cut();
    await until(() => database.poolStats().closedByError === 3);
    await until(() => database.poolStats().idle === 3);
  });

  it('closes what lies idle above the kept minimum, and what is too old, and tells them apart', async () => {
    const idle = await start({ DB_POOL_MIN_IDLE: '1', DB_POOL_MAX_IDLE_TIME_MS: '100' });
    await Promise.all([one(idle), one(idle), one(idle)]);
    await until(() => idle.poolStats().closedByIdle === 2);
    expect(idle.poolStats()).toMatchObject({ open: 1, closedByLifetime: 0, closedByError: 0 });
    await open?.close();

    const old = await start({ DB_POOL_MAX_LIFETIME_MS: '100' });
    await one(old);
    await until(() => old.poolStats().closedByLifetime >= 1);
    expect(old.poolStats()).toMatchObject({ closedByIdle: 0, closedByError: 0 });
  });

  it('survives a Postgres that goes away, answers 503 meanwhile, and heals when it is back', async () => {
    const database = await start({ DB_POOL_MIN_IDLE: '2', DB_ACQUIRE_TIMEOUT_MS: '200' });
    const busy = hold(database);
    await busy.holding;
    proxy.refusing = true;
    proxy.cut();
    await expect(busy.finish()).rejects.toMatchObject({ status: 503 });
    await expect(one(database)).rejects.toMatchObject({ status: 503 });
    await expect(database.ping()).rejects.toMatchObject({ status: 503 });
    proxy.refusing = false;
    await expect(one(database)).resolves.toHaveLength(1);
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('survives the server ending its sessions, idle and busy', async () => {
    const database = await start({ DB_POOL_MIN_IDLE: '2' });
    const busy = hold(database);
    await busy.holding;
    await withClient(testDatabase.adminUrl, (admin) =>
      admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'openrisk'
        AND datname = current_database()`),
    );
    await expect(busy.finish()).rejects.toMatchObject({ status: 503 });
    // The end of an idle connection may arrive a moment after its session has ended.
    await until(async () => (await one(database).catch(() => [])).length === 1);
  });

  it('cancels a statement that takes too long and keeps the connection', async () => {
    const database = await start({ DB_STATEMENT_TIMEOUT_MS: '50' });
    const slow = database.read((session) => session.query('SELECT pg_sleep(5)::text'), {});
    await expect(slow).rejects.toMatchObject({ status: 503 });
    expect(database.poolStats()).toMatchObject({ idle: 1, closedByError: 0 });
  });

  it('answers a ping that meets silence within its deadline', async () => {
    const database = await start({ DB_ACQUIRE_TIMEOUT_MS: '100' });
    await one(database);
    proxy.delayMs = 60_000;
    expect(database.poolStats()).toMatchObject({ open: 1, idle: 1 });
    const since = performance.now();
    await expect(database.ping()).rejects.toMatchObject({ status: 503 });
    expect(performance.now() - since).toBeLessThan(1_300);
    proxy.delayMs = 0;
    proxy.cut();
  });

  it('lets work on open connections finish when it closes, and lends no more', async () => {
    const database = await start({});
    const busy = hold(database);
    await busy.holding;
    const closing = open?.close();
    open = undefined;
    await until(async () => (await one(database).catch((error: unknown) => error)) instanceof Error);
    await busy.finish();
    await closing;
    expect(database.poolStats()).toMatchObject({ open: 0, closedByError: 0 });
  });

  it('cuts what is still open after the drain timeout', async () => {
    const database = await start({ DB_DRAIN_TIMEOUT_MS: '50' });
    const busy = hold(database);
    await busy.holding;
    await open?.close();
    open = undefined;
    await expect(busy.finish()).rejects.toMatchObject({ status: 503 });
  });

  it('waits at boot for a Postgres that is not there yet', async () => {
    proxy.refusing = true;
    const booting = start({ DB_BOOT_TIMEOUT_MS: '5000' });
    await sleep(20);
    proxy.refusing = false;
    await expect(one(await booting)).resolves.toHaveLength(1);
  });

  it('gives up at boot after the boot timeout', async () => {
    proxy.refusing = true;
    await expect(start({ DB_BOOT_TIMEOUT_MS: '0' })).rejects.toThrow();
  });
});

/** A transaction that keeps its connection until it is told to finish. */
function hold(database: Database): { holding: Promise<void>; finish: () => Promise<unknown> } {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let held: () => void = () => undefined;
  const holding = new Promise<void>((resolve) => (held = resolve));
  const done = database.transaction(async (tx) => {
    await tx.query('SELECT 1');
    held();
    await released;
    await tx.query('SELECT 1');
  }, {});
  done.catch(() => undefined);
  return {
    holding,
    finish: () => {
      release();
      return done;
    },
  };
}
