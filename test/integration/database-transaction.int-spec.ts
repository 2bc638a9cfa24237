import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../src/database/session';
import { afterCommit, beforeCommit, inTransaction } from '../../src/database/transaction.events';
import { createTestDatabase } from '../support/database';
import { openDatabase, withClient, type OpenDatabase } from '../support/open-database';
import { TcpProxy } from '../support/tcp-proxy';
import { seedTenant } from '../support/tenant-rows';

describe('Database.transaction', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let proxy: TcpProxy;
  let open: OpenDatabase;
  const tenantId = randomUUID();
  const scope = { tenantId };

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await withClient(testDatabase.adminUrl, (admin) => seedTenant(admin, tenantId));
    proxy = await TcpProxy.inFrontOf(testDatabase.applicationUrl);
    open = await openDatabase(proxy.url, { DB_POOL_MAX_OPEN: '2' });
  });

  afterAll(async () => {
    await open.close();
    await proxy.close();
    await testDatabase.drop();
  });

  const insertAsset = (tx: Transaction, name: string): Promise<unknown[]> =>
    tx.query(`INSERT INTO assets (tenant_id, id, name, type) VALUES ($1, $2, $3, 'server')`, [
      tx.tenantId,
      randomUUID(),
      name,
    ]);

  const insertInOwn = (name: string): Promise<unknown> =>
    open.database.transaction((tx) => insertAsset(tx, name), scope);

  const assetsNamed = async (name: string): Promise<number> =>
    (await open.database.read((session) => session.query('SELECT FROM assets WHERE name = $1', [name]), scope)).length;

  it('commits what its work has done, and rolls back when it throws', async () => {
    await open.database.transaction((tx) => insertAsset(tx, 'kept'), scope);
    const failing = open.database.transaction(async (tx) => {
      await insertAsset(tx, 'dropped');
      throw new Error('changed my mind');
    }, scope);
    await expect(failing).rejects.toThrow('changed my mind');
    expect([await assetsNamed('kept'), await assetsNamed('dropped')]).toEqual([1, 0]);
  });

  it('says why the first of several statements has failed, whichever of them is heard of first', async () => {
    const later = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        await new Promise((resolve) => setImmediate(resolve));
        throw error;
      }
    };
    const failing = open.database.transaction(
      (tx) => Promise.all([later(tx.query('SELECT 1 / 0')), tx.query('SELECT 1'), tx.query('SELECT 2')]),
      scope,
    );
    await expect(failing).rejects.toMatchObject({ name: 'ValueRefused' });
  });

  it('sends BEGIN and scope along with the first statement', async () => {
    await open.database.transaction((tx) => tx.query('SELECT 1'), scope);
    proxy.delayMs = 50;
    try {
      const took: number[] = [];
      // What keeps the machine busy meanwhile is none of its round trips.
      for (let time = 0; time < 5; time++) {
        const since = performance.now();
        await open.database.transaction((tx) => tx.query('SELECT 1'), scope);
        took.push(performance.now() - since);
      }
      expect(Math.min(...took) / 100).toBeLessThan(3.5);
    } finally {
      proxy.delayMs = 0;
    }
  });

  it('binds the entity manager to the same connection, tenant and transaction', async () => {
    const failing = open.database.transaction(async (tx) => {
      await insertAsset(tx, 'through the manager');
      const pid = 'SELECT pg_backend_pid() AS pid, current_tenant() AS tenant, count(*) FROM assets WHERE name = $1';
      expect(await tx.entities.query(pid, ['through the manager'])).toEqual(
        await tx.query(pid, ['through the manager']),
      );
      await tx.entities.transaction((nested) => nested.query(`UPDATE assets SET type = 'host'`));
      throw new Error('undo all of it');
    }, scope);
    await expect(failing).rejects.toThrow('undo all of it');
    expect(await assetsNamed('through the manager')).toBe(0);
  });

  it('lets nothing be sent once it is over', async () => {
    const leaked = await open.database.transaction((tx) => Promise.resolve({ tx, entities: tx.entities }), scope);
    await expect(leaked.tx.query('SELECT 1')).rejects.toThrow('is over');
    await expect(leaked.entities.query('SELECT 1')).rejects.toThrow('released');
    expect(() => leaked.tx.entities.query('SELECT 1')).toThrow('is over');
  });

  it('is not the transaction of work that outlives it', async () => {
    let outlive: Promise<boolean> | undefined;
    let over: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (over = resolve));
    await open.database.transaction(() => {
      outlive = finished.then(async () => {
        await insertInOwn('outlived');
        return inTransaction();
      });
      return Promise.resolve();
    }, scope);
    over();
    expect([await outlive, await assetsNamed('outlived')]).toEqual([false, 1]);
  });

  it('fails, and does not pretend to have committed, when the error of a statement was swallowed', async () => {
    const fired: string[] = [];
    const swallowing = open.database.transaction(async (tx) => {
      afterCommit(() => void fired.push('after'));
      await insertAsset(tx, 'swallowed');
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    }, scope);
    await expect(swallowing).rejects.toThrow('rolled back');
    expect([fired, await assetsNamed('swallowed')]).toEqual([[], 0]);
  });

  it('lets a read inside of it see its own changes, over the same connection', async () => {
    await open.database.transaction(async (tx) => {
      await insertAsset(tx, 'seen inside');
      expect(await assetsNamed('seen inside')).toBe(1);
      expect(open.database.poolStats().inUse).toBe(1);
    }, scope);
  });

  it('translates what Postgres refuses', async () => {
    const id = randomUUID();
    const twice = open.database.transaction(async (tx) => {
      const sql = `INSERT INTO assets (tenant_id, id, name, type) VALUES ($1, $2, 'twin', 'server')`;
      await tx.query(sql, [tenantId, id]);
      await tx.query(sql, [tenantId, id]);
    }, scope);
    await expect(twice).rejects.toMatchObject({ status: 409, code: 'database.already-exists' });
  });

  describe('inside another one', () => {
    it('is a savepoint: what it did can be undone alone', async () => {
      await open.database.transaction(async (tx) => {
        await insertAsset(tx, 'outer');
        const inner = open.database.transaction(async (nested) => {
          await insertAsset(nested, 'inner');
          await nested.query('SELECT 1 / 0');
        });
        await expect(inner).rejects.toMatchObject({ status: 422 });
        await insertAsset(tx, 'outer');
      }, scope);
      expect([await assetsNamed('outer'), await assetsNamed('inner')]).toEqual([2, 0]);
    });

    it('waits for its siblings: savepoints cannot overlap', async () => {
      await open.database.transaction(async () => {
        const outcomes = await Promise.allSettled(
          [1, 2, 3, 4].map((number) =>
            open.database.transaction(async (nested) => {
              await insertAsset(nested, `sibling ${number}`);
              if (number % 2 === 0) throw new Error('even');
            }),
          ),
        );
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
      }, scope);
      const kept = await Promise.all([1, 2, 3, 4].map((number) => assetsNamed(`sibling ${number}`)));
      expect(kept).toEqual([1, 0, 1, 0]);
    });

    it('cannot change the tenant', async () => {
      const changing = open.database.transaction(
        () => open.database.transaction(() => Promise.resolve(), { tenantId: randomUUID() }),
        scope,
      );
      await expect(changing).rejects.toThrow('cannot change its tenant');
    });
  });

  describe('hooks', () => {
    it('run around the outermost COMMIT only', async () => {
      const happened: string[] = [];
      await open.database.transaction(async (tx) => {
        await open.database.transaction(async (nested) => {
          beforeCommit(async () => {
            await insertAsset(tx, 'from a hook');
            happened.push('before');
          });
          afterCommit(async () => {
            happened.push(`after: ${await assetsNamed('from a hook')} visible, inside: ${inTransaction()}`);
          });
          await nested.query('SELECT 1');
        });
        happened.push('savepoint released');
      }, scope);
      expect(happened).toEqual(['savepoint released', 'before', 'after: 1 visible, inside: false']);
    });

    it('are forgotten with the savepoint that is rolled back, and only with it', async () => {
      const fired: string[] = [];
      await open.database.transaction(async () => {
        afterCommit(() => void fired.push('outer'));
        const inner = open.database.transaction(() => {
          afterCommit(() => void fired.push('inner'));
          return Promise.reject(new Error('undo'));
        });
        await expect(inner).rejects.toThrow('undo');
        await open.database.transaction(() => {
          afterCommit(() => void fired.push('second'));
          return Promise.resolve();
        });
      }, scope);
      expect(fired).toEqual(['outer', 'second']);
    });

    it('do not run after a rollback', async () => {
      const fired: string[] = [];
      const failing = open.database.transaction(() => {
        afterCommit(() => void fired.push('after'));
        return Promise.reject(new Error('no'));
      }, scope);
      await expect(failing).rejects.toThrow('no');
      expect(fired).toEqual([]);
    });

    it('fail nobody when they throw after the commit, and do not keep each other from running', async () => {
      const fired: string[] = [];
      const result = await open.database.transaction(() => {
        afterCommit(() => {
          throw new Error('at once');
        });
        afterCommit(() => Promise.reject(new Error('later')));
        afterCommit(() => void fired.push('third'));
        return Promise.resolve('committed');
      }, scope);
      expect([result, fired]).toEqual(['committed', ['third']]);
    });

    it('roll back when they throw before it', async () => {
      const failing = open.database.transaction(async (tx) => {
        await insertAsset(tx, 'vetoed');
        beforeCommit(() => Promise.reject(new Error('veto')));
      }, scope);
      await expect(failing).rejects.toThrow('veto');
      expect(await assetsNamed('vetoed')).toBe(0);
    });

    it('run at once when no transaction is open', () => {
      const fired: string[] = [];
      afterCommit(() => void fired.push('now'));
      expect(fired).toEqual(['now']);
      expect(() => beforeCommit(() => Promise.resolve())).toThrow('outside of a transaction');
      expect(inTransaction()).toBe(false);
    });

    it('run when the connection breaks on the way of COMMIT: it may have happened', async () => {
      const fired: string[] = [];
      const unlucky = open.database.transaction(async (tx) => {
        await insertAsset(tx, 'who knows');
        afterCommit(() => void fired.push('after'));
        proxy.delayMs = 20;
        setTimeout(() => proxy.cut(), 30);
      }, scope);
      await expect(unlucky).rejects.toMatchObject({ status: 503 });
      proxy.delayMs = 0;
      expect(fired).toEqual(['after']);
    });

    it('do not run when the connection broke before COMMIT was sent', async () => {
      const fired: string[] = [];
      const unlucky = open.database.transaction(async (tx) => {
        afterCommit(() => void fired.push('after'));
        await tx.query('SELECT 1');
        proxy.cut();
        await tx.query('SELECT 1');
      }, scope);
      await expect(unlucky).rejects.toMatchObject({ status: 503 });
      expect(fired).toEqual([]);
    });
  });
});
