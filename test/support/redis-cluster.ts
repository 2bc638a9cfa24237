import { freePort } from './free-port';
import { startRedis, type TestRedis } from './redis-server';
import { until } from './until';

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;
const MIGRATION_MS = '5000';

/** A Redis Cluster of one test's own. A node that is away takes only its own slots along. */
export interface TestCluster {
  /** By its first two nodes. */
  readonly url: string;
  readonly masters: readonly TestRedis[];
  /** The n-th copies the n-th master. */
  readonly replicas: readonly TestRedis[];
  /** The node that a master names as the one with the slot. */
  ownerOf(slot: number): Promise<TestRedis>;
  /** As an operator would, with its keys. `halfway` runs when some of them have gone. */
  moveSlot(slot: number, to: TestRedis, halfway?: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster({ masters: count = 3, replicas: copies = 0 } = {}): Promise<TestCluster> {
  const nodes = await Promise.all(Array.from({ length: count + copies }, startNode));
  const masters = nodes.slice(0, count).map(({ redis }) => redis);
  const replicas = nodes.slice(count).map(({ redis }) => redis);
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ redis }) => redis.stop()));
  };
  try {
    await join(nodes, masters, replicas);
  } catch (error) {
    await stop();
    throw error;
  }

  const ownerOf = async (slot: number): Promise<TestRedis> => {
    const asked = masters[0];
    const ranges = (await asked?.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
    const owner = nodes.find(({ redis }) => redis.port === port);
    if (!owner) throw new Error(`Nobody has slot ${slot}`);
    return owner.redis;
  };

  const moveSlot: TestCluster['moveSlot'] = async (slot, to, halfway = () => Promise.resolve()) => {
    const from = await ownerOf(slot);
    if (from === to) return;
    const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
    await to.command('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', toId);
    const migrate = async (share: number): Promise<number> => {
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', `${slot}`, '10000')) as string[];
      const some = keys.slice(0, Math.ceil(keys.length * share));
      if (some.length === 0) return 0;
      await from.command('MIGRATE', '127.0.0.1', `${to.port}`, '', '0', MIGRATION_MS, 'REPLACE', 'KEYS', ...some);
      return keys.length - some.length;
    };
    await migrate(0.5);
    await halfway();
    await until(async () => (await migrate(1)) === 0);
    for (const node of [to, from, ...masters.filter((master) => master !== to && master !== from)]) {
      await node.command('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', toId);
    }
  };

  const url = `redis+cluster://${masters
    .slice(0, 2)
    .map(({ port }) => `127.0.0.1:${port}`)
    .join(',')}`;
  return { url, masters, replicas, ownerOf, moveSlot, stop };
}

interface Node {
  readonly redis: TestRedis;
  readonly busPort: number;
}

async function startNode(): Promise<Node> {
  const busPort = await freePort();
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`];
  const patience = ['--cluster-node-timeout', `${NODE_TIMEOUT_MS}`, '--cluster-replica-validity-factor', '0'];
  const coverage = ['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'];
  return { redis: await startRedis([...cluster, ...patience, ...coverage]), busPort };
}

async function join(
  nodes: readonly Node[],
  masters: readonly TestRedis[],
  replicas: readonly TestRedis[],
): Promise<void> {
  await Promise.all(
    masters.map(async (master, index) => {
      const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / masters.length));
      await master.command('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${(to ?? SLOTS) - 1}`);
      await master.command('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
    }),
  );
  const [first, ...others] = nodes;
  for (const { redis, busPort } of others) {
    await first?.redis.command('CLUSTER', 'MEET', '127.0.0.1', `${redis.port}`, `${busPort}`);
  }
  await until(
    async () => (await Promise.all(nodes.map((node) => knows(node.redis, nodes.length)))).every(Boolean),
    10_000,
  );
  await Promise.all(
    replicas.map(async (replica, index) => {
      const master = masters[index];
      if (!master) throw new Error('More replicas than masters');
      await replica.command('CLUSTER', 'REPLICATE', await idOf(master));
      await until(
        async () => String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
        10_000,
      );
    }),
  );
}

async function knows(node: TestRedis, size: number): Promise<boolean> {
  const info = String(await node.command('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}\r`);
}

async function idOf(node: TestRedis): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'));
}
