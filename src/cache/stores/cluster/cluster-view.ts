import type { ClusterAddress, Endpoint } from '../../redis-address';
import { withinDeadline } from '../deadline';
import { newRedisClient, type RedisClient } from '../redis-connection';

/** Who serves what, as one node sees it. */
export interface ClusterView {
  /** Rises with each failover and each slot that moves. */
  readonly epoch: number;
  /** Everybody, replicas too. */
  readonly nodes: readonly Endpoint[];
  /** Undefined when nobody does. */
  masterOf(slot: number): Endpoint | undefined;
}

type SlotsReply = readonly (readonly [
  from: number,
  to: number,
  ...nodes: (readonly [host: string | null, port: number])[],
])[];

/**
 * @param asked for nodes that do not know their own address
 * @throws Error when the node does not see a majority of its cluster: what it says may be old
 */
export async function viewOf(client: RedisClient, asked: Endpoint, deadlineMs: number): Promise<ClusterView> {
  const asking = Promise.all([
    client.sendCommand<string>(['CLUSTER', 'INFO']),
    client.sendCommand<SlotsReply>(['CLUSTER', 'SLOTS']),
  ]);
  const [info, slots] = await withinDeadline(asking, deadlineMs);
  if (!/^cluster_state:ok/m.test(info)) throw new Error('The cluster is down');
  const endpointOf = ([host, port]: readonly [string | null, number]): Endpoint => {
    if (host === null || host === '' || host === '?') return { host: asked.host, port };
    return { host: host.includes(':') ? `[${host}]` : host, port };
  };
  const ranges = slots.map(([from, to, ...nodes]) => ({ from, to, nodes: nodes.map(endpointOf) }));
  return {
    epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(info)?.[1] ?? 0),
    nodes: ranges.flatMap(({ nodes }) => nodes),
    masterOf: (slot) => ranges.find(({ from, to }) => from <= slot && slot <= to)?.nodes[0],
  };
}

/** Over a connection for this question alone. @throws Error when it does not answer, or not usefully */
export async function viewOfStranger(
  endpoint: Endpoint,
  { urlOf }: ClusterAddress,
  deadlineMs: number,
): Promise<ClusterView> {
  const client = newRedisClient(urlOf(endpoint));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await viewOf(client, endpoint, deadlineMs);
  } finally {
    if (client.isOpen) await client.disconnect();
  }
}

/** Of those which can be had. */
export async function newestOf(asked: readonly Promise<ClusterView>[]): Promise<ClusterView | undefined> {
  const answers = await Promise.allSettled(asked);
  const views = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return views.sort((one, other) => other.epoch - one.epoch)[0];
}
