import { setTimeout as pause } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { EVERYTHING } from '../../cache-key';
import type { ClusterAddress, Endpoint } from '../../redis-address';
import { FallbackStore } from '../fallback.store';
import { NO_FEED } from '../change-feed';
import type { LocalEntries } from '../local-entries';
import { RedisConnection } from '../redis-connection';
import { RedisStore } from '../redis.store';
import { newestOf, viewOf, viewOfStranger, type ClusterView } from './cluster-view';
import { NodeStore } from './node.store';
import { ALL_SHARDS, scopedName, slotOfShard, type Shard } from './shards';

const LOOK_MS = 1_000;
/** While something is out of place. */
const LOOK_AGAIN_MS = 250;
/** However often somebody is told to ask elsewhere. */
const LOOKS_APART_MS = 25;

/** A master. Its store has its own connection, breaker and deferred evictions. */
export interface ClusterNode {
  readonly endpoint: Endpoint;
  readonly connection: RedisConnection;
  readonly store: FallbackStore;
}

interface Place {
  node: ClusterNode | undefined;
  /** Whether its `*` was renewed there, or will be before anything is served from there. */
  settled: boolean;
  /** Rises whenever it may be elsewhere. */
  doubts: number;
}

/**
 * Knows which node serves which shard. The nodes are asked every second, and at once when one says that a shard is not
 * its own. A shard that comes to a node, for the first time or again, begins there with a new `*` before it is read, so
 * that whatever is still there from before, or was deferred elsewhere, does not matter any more.
 */
export class ClusterNodes implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly nodes = new Map<string, ClusterNode>();
  private readonly places: readonly Place[] = ALL_SHARDS.map(() => ({ node: undefined, settled: false, doubts: 0 }));
  private known: readonly Endpoint[];
  private epoch = 0;
  private supervision: Promise<void> | undefined;
  private closing = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly address: ClusterAddress,
    private readonly keyPrefix: string,
    private readonly deadlineMs: number,
    private readonly local: LocalEntries,
  ) {
    this.known = address.seeds;
  }

  onApplicationBootstrap(): void {
    this.supervision = this.supervise();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.supervision;
    await Promise.all(this.all.map(({ connection }) => connection.onApplicationShutdown()));
  }

  get all(): readonly ClusterNode[] {
    return [...this.nodes.values()];
  }

  /** Who keeps the shard; undefined before anybody has said so. */
  keeperOf(shard: Shard): ClusterNode | undefined {
    return this.places[shard]?.node;
  }

  /** Who may be asked for what is in the shard. */
  servantOf(shard: Shard): ClusterNode | undefined {
    const place = this.places[shard];
    return place?.settled ? place.node : undefined;
  }

  get settled(): boolean {
    return this.places.every(({ settled }) => settled);
  }

  private async supervise(): Promise<void> {
    while (!this.isClosing()) {
      const view = await this.look();
      if (view && !this.isClosing()) await this.follow(view);
      await pause(LOOKS_APART_MS);
      await this.pauseUnlessWoken(this.inOrder() ? LOOK_MS : LOOK_AGAIN_MS);
    }
  }

  private inOrder(): boolean {
    return this.settled && this.all.every(({ store }) => store.status().breaker === 'closed');
  }

  private async look(): Promise<ClusterView | undefined> {
    const connected = this.all.filter(({ connection }) => connection.client.isReady);
    const asked = connected.map(({ connection, endpoint }) => viewOf(connection.client, endpoint, this.deadlineMs));
    const strangers = () => this.known.map((endpoint) => viewOfStranger(endpoint, this.address, this.deadlineMs));
    const view = (await newestOf(asked)) ?? (await newestOf(strangers()));
    // Of a node that has not heard yet; unless nothing is left of the cluster that was known.
    if (view && view.epoch < this.epoch && connected.length > 0) return undefined;
    return view;
  }

  private async follow(view: ClusterView): Promise<void> {
    this.epoch = view.epoch;
    this.known = [...this.address.seeds, ...view.nodes];
    for (const shard of ALL_SHARDS) {
      const master = view.masterOf(slotOfShard(shard));
      const place = this.places[shard];
      // Without a master it stays where it was: there evictions are remembered.
      if (!master || !place) continue;
      const node = this.nodeAt(master);
      if (place.node !== node) this.move(place, node);
    }
    const left = this.all.filter((node) => this.places.every((place) => place.node !== node));
    for (const { endpoint } of left) this.nodes.delete(addressOf(endpoint));
    for (const { connection } of left) void connection.onApplicationShutdown();
    await Promise.all(this.all.map((node) => this.settle(node)));
  }

  private move(place: Place, node: ClusterNode): void {
    place.node = node;
    place.settled = false;
    place.doubts++;
  }

  /** When the node is out of reach, it remembers, and renews them before it serves. */
  private async settle(node: ClusterNode): Promise<void> {
    const moved = ALL_SHARDS.filter((shard) => this.keeperOf(shard) === node && this.servantOf(shard) !== node);
    const doubts = moved.map((shard) => this.places[shard]?.doubts);
    if (moved.length === 0) return;
    await node.store.evict(moved.map((shard) => scopedName(shard, EVERYTHING)));
    moved.forEach((shard, index) => {
      const place = this.places[shard];
      if (place && place.doubts === doubts[index]) place.settled = true;
    });
  }

  private nodeAt(endpoint: Endpoint): ClusterNode {
    const address = addressOf(endpoint);
    const known = this.nodes.get(address);
    if (known) return known;
    const connection = new RedisConnection(this.address.urlOf(endpoint), this.deadlineMs, `Redis ${address}`);
    const redis = new RedisStore(connection.client, this.keyPrefix, this.local, NO_FEED);
    const shards = {
      owned: () => ALL_SHARDS.filter((shard) => this.keeperOf(shard) === node),
      disowned: (shard: Shard) => this.doubt(shard, node),
    };
    const store = new FallbackStore(connection, new NodeStore(redis, shards), this.deadlineMs, undefined);
    const node: ClusterNode = { endpoint, connection, store };
    this.nodes.set(address, node);
    connection.onApplicationBootstrap();
    return node;
  }

  private doubt(shard: Shard, node: ClusterNode): void {
    const place = this.places[shard];
    if (place?.node !== node) return;
    place.settled = false;
    place.doubts++;
    this.wake();
  }

  private async pauseUnlessWoken(durationMs: number): Promise<void> {
    if (this.isClosing()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }

  /** A method, since the field changes while the loop awaits. */
  private isClosing(): boolean {
    return this.closing;
  }
}

function addressOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
