import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { SharedRedis } from '../../src/cache/shared-redis';
import { SharedRedisModule } from '../../src/cache/shared-redis.module';
import { shardOfOwner, slotOfShard } from '../../src/cache/stores/cluster/shards';
import { sharedTag, tag } from '../../src/cache/tag';
import { ConfigModule } from '../../src/config/config.module';
import { asTenant, openCache, type OpenCache } from '../support/open-cache';
import { startCluster, type TestCluster } from '../support/redis-cluster';
import { describeWithRedis, type TestRedis } from '../support/redis-server';
import { until } from '../support/until';

const DEADLINE_MS = 100;
/** The deadline, and what a busy machine adds to it. */
const BOUND_MS = DEADLINE_MS + 150;
const HEALING_MS = 5_000;
/** Its failure must be agreed upon, and its replica elected. */
const FAILOVER_MS = 15_000;

jest.setTimeout(180_000);

const slotOfTenant = (tenant: string): number => slotOfShard(shardOfOwner(`tenant:${tenant}`));

describeWithRedis('In a Redis Cluster', () => {
  let cluster: TestCluster;
  let one: OpenCache;
  let two: OpenCache;

  const instance = (settings: Record<string, string> = {}): Promise<OpenCache> =>
    openCache({ REDIS_URL: cluster.url, CACHE_DEADLINE_MS: String(DEADLINE_MS), ...settings });
  const isUp = ({ health }: OpenCache): boolean => health.cacheHealth().breaker === 'closed';
  const healed = (...caches: OpenCache[]): Promise<void> => until(() => caches.every(isUp), HEALING_MS);

  const master = (index: number): TestRedis => {
    const redis = cluster.masters[index];
    if (!redis) throw new Error(`There is no master ${index}`);
    return redis;
  };

  /** One whose keys are there. */
  const tenantOn = async (node: TestRedis): Promise<string> => {
    for (let number = 0; ; number++) {
      const tenant = `t${number}-${node.port}`;
      if ((await cluster.ownerOf(slotOfTenant(tenant))) === node) return tenant;
    }
  };

  /** A row of a tenant that everybody reads through the cache. */
  const rowOf = (tenant: string, tags = [tag('row')]) => {
    const id = randomUUID();
    let version = 1;
    let loads = 0;
    const read = async ({ cache }: OpenCache) => {
      const started = performance.now();
      const load = () => Promise.resolve({ version, load: ++loads });
      const answer = await asTenant(tenant, () => cache.getOrLoad({ cache: 'risk', key: ['id', id] }, load, { tags }));
      return { version: answer.version, tookMs: performance.now() - started };
    };
    return {
      read,
      write: async ({ cache }: OpenCache) => {
        version++;
        const { status } = await asTenant(tenant, () => cache.evict({ tags }));
        return status;
      },
      version: () => version,
      /** Whether the next read is a hit. */
      isCached: async (cache: OpenCache): Promise<boolean> => {
        await read(cache);
        const before = loads;
        await read(cache);
        return loads === before;
      },
    };
  };

  describe('of three masters', () => {
    beforeEach(async () => {
      cluster = await startCluster();
      [one, two] = await Promise.all([instance(), instance()]);
      await Promise.all([one.connected(), two.connected()]);
    });
    afterEach(async () => {
      for (const node of cluster.masters) node.thaw();
      await Promise.all([one.close(), two.close()]);
      await cluster.stop();
    });

    it('tenants are cached on every node, and what one instance evicts is gone for the other', async () => {
      for (const node of cluster.masters) {
        const row = rowOf(await tenantOn(node));
        expect(await row.isCached(one)).toBe(true);
        expect(await row.isCached(two)).toBe(true);
        expect(await row.write(one)).toBe('ok');
        expect((await row.read(two)).version).toBe(2);
      }
      for (const node of cluster.masters) expect(await node.command('DBSIZE')).toBeGreaterThan(0);
    });

    it('a node that answers reads and refuses writes is done without, and only its tenants are not cached', async () => {
      const [refusing, other] = [master(0), master(1)];
      const [row, elsewhere] = [rowOf(await tenantOn(refusing)), rowOf(await tenantOn(other))];
      expect(await row.isCached(one)).toBe(true);
      await refusing.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
      // Nobody writes: it is found out all the same.
      await until(() => [one, two].every((cache) => !isUp(cache)), HEALING_MS);
      expect(await row.write(one)).toBe('deferred');
      for (const cache of [one, two]) expect((await row.read(cache)).version).toBe(2);
      expect(await elsewhere.isCached(two)).toBe(true);
      await refusing.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
      await healed(one, two);
      expect(await row.isCached(two)).toBe(true);
    });

    it('what depends on a shared tag as well, on whichever node, is gone when either is evicted', async () => {
      for (const node of cluster.masters) {
        const tenant = await tenantOn(node);
        const shared = sharedTag('catalogue', randomUUID());
        const row = rowOf(tenant, [tag('row'), shared]);
        expect(await row.isCached(one)).toBe(true);
        expect(await row.isCached(two)).toBe(true);
        await asTenant('another', () => one.cache.evict({ tags: [shared] }));
        expect(await row.isCached(two)).toBe(true);
        expect(await row.write(two)).toBe('ok');
        expect((await row.read(one)).version).toBe(2);
        await asTenant('another', () => one.cache.evict({ tags: [shared] }));
        const before = row.version();
        expect(await row.write(one)).toBe('ok');
        expect((await row.read(two)).version).toBe(before + 1);
      }
    });

    it.each(['killed', 'frozen'])('a node that is %s takes only its own tenants along, and heals', async (how) => {
      const gone = master(1);
      const [away, stays] = [rowOf(await tenantOn(gone)), rowOf(await tenantOn(master(0)))];
      expect(await away.isCached(two)).toBe(true);
      expect(await stays.isCached(two)).toBe(true);
      if (how === 'killed') await gone.kill();
      else gone.freeze();

      expect(await away.write(one)).toBe('deferred');
      for (let times = 0; times < 5; times++) {
        for (const cache of [one, two]) {
          const answer = await away.read(cache);
          expect(answer.version).toBe(2);
          expect(answer.tookMs).toBeLessThan(BOUND_MS);
        }
      }
      expect(await stays.isCached(one)).toBe(true);
      expect(await stays.write(one)).toBe('ok');
      expect((await stays.read(two)).version).toBe(2);
      expect(one.health.cacheHealth()).toMatchObject({ breaker: 'half-open' });
      expect(one.health.cacheHealth().deferredEvictions).toBeGreaterThan(0);

      if (how === 'killed') await gone.restart({ empty: false });
      else gone.thaw();
      await healed(one, two);
      expect(one.health.cacheHealth().deferredEvictions).toBe(0);
      expect((await away.read(two)).version).toBe(2);
      await until(() => away.isCached(two));
    });

    it('boots with a node away: answers all, caches the others, and uses it when it comes', async () => {
      const gone = master(0);
      const [away, stays] = [rowOf(await tenantOn(gone)), rowOf(await tenantOn(master(2)))];
      await gone.kill();
      const late = await instance();
      try {
        expect((await away.read(late)).version).toBe(1);
        expect(await away.write(late)).toBe('deferred');
        expect((await away.read(late)).version).toBe(2);
        await until(() => stays.isCached(late));
        await gone.restart({ empty: false });
        await healed(one, two, late);
        expect(await away.isCached(late)).toBe(true);
      } finally {
        await late.close();
      }
    });

    it('boots with all of them away', async () => {
      const row = rowOf(await tenantOn(master(0)));
      await Promise.all(cluster.masters.map((node) => node.kill()));
      const late = await instance();
      try {
        expect((await row.read(late)).version).toBe(1);
        expect(await row.write(late)).toBe('deferred');
        await Promise.all(cluster.masters.map((node) => node.restart({ empty: false })));
        // The others as well: whoever connects gives up what was stored before.
        await until(() => [one, two, late].every(isUp), FAILOVER_MS);
        expect(await row.isCached(late)).toBe(true);
      } finally {
        await late.close();
      }
    });

    it('a slot moves to another node under reads and writes: nothing acknowledged is seen old', async () => {
      const [from, to] = [master(0), master(2)];
      const tenant = await tenantOn(from);
      const rows = Array.from({ length: 20 }, () => rowOf(tenant, [tag('row', randomUUID())]));
      for (const row of rows) expect(await row.isCached(two)).toBe(true);
      const statuses = { ok: 0, deferred: 0, scheduled: 0 };
      let moving = true;
      const use = async (row: ReturnType<typeof rowOf>): Promise<void> => {
        while (moving) {
          const status = await row.write(one);
          statuses[status]++;
          const version = row.version();
          // Its own write, whatever came of it; another's once it is acknowledged.
          expect((await row.read(one)).version).toBe(version);
          if (status === 'ok') expect((await row.read(two)).version).toBe(version);
          await row.read(two);
        }
      };
      const users = Promise.all(rows.map(use));
      const move = async (): Promise<void> => {
        await cluster.moveSlot(slotOfTenant(tenant), to, () => pause(50));
        await pause(50);
        await healed(one, two);
      };
      await Promise.all([users, move().finally(() => (moving = false))]);
      expect(statuses.ok).toBeGreaterThan(rows.length);
      for (const row of rows) {
        expect((await row.read(two)).version).toBe(row.version());
        expect(await row.isCached(two)).toBe(true);
      }
      expect(await cluster.ownerOf(slotOfTenant(tenant))).toBe(to);
    });

    it('a slot moves away and back while an instance asks for nothing: it sees what was written elsewhere', async () => {
      const [home, abroad] = [master(0), master(1)];
      const tenant = await tenantOn(home);
      const row = rowOf(tenant);
      const slot = slotOfTenant(tenant);
      const back = await instance();
      try {
        await back.connected();
        expect(await row.isCached(back)).toBe(true);
        // It does not look around either.
        const look = jest.spyOn(nodesOf(back), 'look').mockResolvedValue(undefined);
        await cluster.moveSlot(slot, abroad);
        await row.read(one);
        await until(async () => (await row.write(one)) === 'ok');
        await cluster.moveSlot(slot, home);
        expect((await row.read(back)).version).toBe(row.version());
        look.mockRestore();
      } finally {
        await back.close();
      }
    });

    it('answers the ecosystem, wherever a key is', async () => {
      const keys = Array.from({ length: 20 }, (_, number) => `greeting ${number}`);
      await one.ecosystem.mset(keys.map((key) => ({ key, value: { hello: key }, ttl: 60_000 })));
      expect(await two.ecosystem.mget(keys)).toEqual(keys.map((key) => ({ hello: key })));
      await one.ecosystem.mdel(keys);
      expect(await two.ecosystem.get(keys[7] ?? '')).toBeUndefined();
    });

    it('other rooms share the node that has their keys, and follow these to another one', async () => {
      const module = await Test.createTestingModule({
        imports: [ConfigModule.forEnvironment({ REDIS_URL: cluster.url }), SharedRedisModule],
      }).compile();
      module.useLogger(false);
      await module.init();
      const redis = module.get(SharedRedis);
      try {
        await until(() => redis.isConnected);
        const key = `${redis.keyPrefix}:count`;
        const count = (): Promise<number> => redis.ask((client) => client.incr(key));
        expect(await count()).toBe(1);
        const slot = Number(await master(0).command('CLUSTER', 'KEYSLOT', key));
        const owner = await cluster.ownerOf(slot);
        await cluster.moveSlot(slot, owner === master(0) ? master(1) : master(0));
        await until(async () => (await count().catch(() => 0)) > 1);
      } finally {
        await module.close();
      }
    });

    it.each(['alive', 'dead', 'frozen'])('shuts down quickly with a node %s', async (state) => {
      if (state === 'dead') await master(1).kill();
      if (state === 'frozen') master(1).freeze();
      const started = performance.now();
      await one.close();
      expect(performance.now() - started).toBeLessThan(1_500);
      one = await instance();
    });
  });

  describe('with a replica', () => {
    let replica: TestRedis;

    beforeEach(async () => {
      cluster = await startCluster({ masters: 3, replicas: 1 });
      [one, two] = await Promise.all([instance(), instance()]);
      await Promise.all([one.connected(), two.connected()]);
      const [copy] = cluster.replicas;
      if (!copy) throw new Error('There is no replica');
      replica = copy;
    });
    afterEach(async () => {
      for (const node of [...cluster.masters, replica]) node.thaw();
      await Promise.all([one.close(), two.close()]);
      await cluster.stop();
    });

    const failedOver = async (tenant: string): Promise<void> => {
      const isMaster = async () => /role:master/.test(String(await replica.command('INFO', 'replication')));
      await until(isMaster, FAILOVER_MS);
      const row = rowOf(tenant);
      await until(
        async () => isUp(one) && isUp(two) && (await row.isCached(one)) && (await row.isCached(two)),
        FAILOVER_MS,
      );
    };

    it('takes over for a master that is killed, which loses no deferred eviction', async () => {
      const tenant = await tenantOn(master(0));
      const row = rowOf(tenant);
      expect(await row.isCached(two)).toBe(true);
      await master(0).kill();
      expect(await row.write(one)).toBe('deferred');
      await failedOver(tenant);
      expect(one.health.cacheHealth().deferredEvictions).toBe(0);
      expect((await row.read(two)).version).toBe(2);
      expect(await row.isCached(two)).toBe(true);
    });

    it('with old data, has lost an acknowledged eviction: what it still holds is out of reach', async () => {
      const tenant = await tenantOn(master(0));
      const row = rowOf(tenant);
      expect(await row.isCached(two)).toBe(true);
      replica.freeze();
      expect(await row.write(one)).toBe('ok');
      await master(0).kill();
      replica.thaw();
      await failedOver(tenant);
      expect(await replica.command('DBSIZE')).toBeGreaterThan(0);
      expect((await row.read(two)).version).toBe(2);
      expect((await row.read(one)).version).toBe(2);
    });

    it('takes over for a master that is frozen, and which comes back as its replica', async () => {
      const tenant = await tenantOn(master(0));
      const row = rowOf(tenant);
      expect(await row.isCached(two)).toBe(true);
      master(0).freeze();
      await failedOver(tenant);
      expect(await row.write(one)).toBe('ok');
      master(0).thaw();
      expect((await row.read(two)).version).toBe(2);
      const followed = async () => /role:slave/.test(String(await master(0).command('INFO', 'replication')));
      await until(followed, FAILOVER_MS);
      expect((await row.read(two)).version).toBe(2);
      await healed(one, two);
      expect(await row.isCached(two)).toBe(true);
    });
  });
});

function nodesOf({ store }: OpenCache): { look(): Promise<undefined> } {
  return (store as unknown as { nodes: { look(): Promise<undefined> } }).nodes;
}
