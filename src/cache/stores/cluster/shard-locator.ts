import type { ClusterAddress, Endpoint } from '../../redis-address';
import type { ServerLocator } from '../redis-connection';
import { newestOf, viewOfStranger } from './cluster-view';
import { slotOfShard, type Shard } from './shards';

/** Finds the node of one shard, for who knows nothing of clusters. It answers MOVED when it is another one: connect anew. */
export class ShardLocator implements ServerLocator {
  constructor(
    private readonly address: ClusterAddress,
    private readonly shard: Shard,
    private readonly deadlineMs: number,
  ) {}

  async locate(): Promise<Endpoint> {
    const { seeds } = this.address;
    const view = await newestOf(seeds.map((seed) => viewOfStranger(seed, this.address, this.deadlineMs)));
    const master = view?.masterOf(slotOfShard(this.shard));
    if (!master) throw new Error('No node of the cluster tells who serves it');
    return master;
  }

  /** Never heard of: see above. */
  onMoved(): void {
    return;
  }
}
