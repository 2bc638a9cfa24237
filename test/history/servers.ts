import { shardOfOwner, slotOfShard } from '../../src/cache/stores/cluster/shards';
import { startCluster } from '../support/redis-cluster';
import { startRedis, type TestRedis } from '../support/redis-server';
import type { Topology } from './mode';
import type { Random } from './random';
import { TENANT } from './rows';

/** The Redis of a history. */
export interface Servers {
  /** What happens to one of them happens to what it keeps. */
  readonly all: readonly TestRedis[];
  readonly url: string;
  /** Whether a proxy may stand in front: the nodes of a cluster are found by the addresses they tell. */
  readonly proxied: boolean;
  /** Hands what is read and written over to another node. Undefined where there is only one. */
  readonly moveSlot: ((random: Random) => Promise<void>) | undefined;
  /** Between what happens to them. A node of a cluster serves nobody for its first two seconds. */
  readonly longestCalmMs: number;
  stop(): Promise<void>;
}

export async function startServers(topology: Topology): Promise<Servers> {
  if (topology === 'single') {
    const redis = await startRedis();
    const stop = (): Promise<void> => thawAndStop([redis]);
    return { all: [redis], url: redis.url, proxied: true, moveSlot: undefined, longestCalmMs: 1_500, stop };
  }
  const cluster = await startCluster();
  const { masters, url } = cluster;
  const slots = [`tenant:${TENANT}`, 'shared'].map((owner) => slotOfShard(shardOfOwner(owner)));
  return {
    all: masters,
    url,
    proxied: false,
    moveSlot: async (random) => {
      const slot = random.pick(slots);
      const owner = await cluster.ownerOf(slot);
      await cluster.moveSlot(slot, random.pick(masters.filter((master) => master !== owner)));
    },
    longestCalmMs: 5_000,
    stop: () => thawAndStop(masters),
  };
}

/** Keys that one command may name, also in a cluster. */
export function byHashTag(keys: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const tag = /\{.*?\}/.exec(key)?.[0] ?? '';
    groups.set(tag, [...(groups.get(tag) ?? []), key]);
  }
  return [...groups.values()];
}

async function thawAndStop(servers: readonly TestRedis[]): Promise<void> {
  for (const server of servers) server.thaw();
  await Promise.all(servers.map((server) => server.stop()));
}
