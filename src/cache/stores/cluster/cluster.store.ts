import { createHash } from 'node:crypto';
import { EVERYTHING, ownerOfName, type Cell } from '../../cache-key';
import type {
  CacheStore,
  CellsChanged,
  GenerationVector,
  LookMode,
  StoredEntry,
  StoreRead,
  StoreStatus,
} from '../../store';
import { noncesOf, vectorOf } from '../generation';
import type { LocalEntries } from '../local-entries';
import { merged, NOT_CHANGED, renamed } from './changed-cells';
import type { ClusterNodes } from './cluster-nodes';
import { ALL_SHARDS, groupByShard, parseScopedName, scopedName, shardOfOwner, type Shard } from './shards';

const DEGRADED: StoreRead = { tier: 'none', degraded: true };
/** Names no entry: for cells alone. */
const NO_ENTRY = 'e:none';
/** Between the nonce of a foreign cell and that of the `*` it is under. No nonce holds it. */
const FOREIGN = '@';

/**
 * Entries and cells in a Redis Cluster: each owner's on one node, which is its own server with its own breaker, so that a
 * node that is gone takes only its owners' cache along. What depends on another owner's cells as well (a tenant's entry
 * on shared tags) is stored under a name that holds their generations: these are read first, and each vector is
 * compared by the node whose cells it comes from.
 */
export class ClusterStore implements CacheStore {
  constructor(
    private readonly nodes: ClusterNodes,
    private readonly local: LocalEntries,
  ) {}

  async read(entryKey: string, cells: readonly Cell[], ttlMs: number, mode?: LookMode): Promise<StoreRead> {
    const home = shardOf(entryKey);
    const [own, foreign] = [cells.filter((cell) => isIn(home, cell)), cells.filter((cell) => !isIn(home, cell))];
    const byShard = [...groupByShard(foreign, ({ name }) => shardOf(name))];
    const reads = await Promise.all(byShard.map(([shard, theirs]) => this.readForeign(shard, theirs, ttlMs)));
    const without = reads.find(({ vector }) => vector === undefined);
    if (without) return without;
    const generations = new Map<string, string>(reads.flatMap(({ generations: theirs }) => theirs));
    const others = foreign.map(({ name }) => generations.get(name) ?? '');
    const { vector, ...answer } = await this.readIn(home, nameUnder(entryKey, others), own, ttlMs, unleased(mode));
    if (vector === undefined) return answer;
    own.forEach(({ name }, index) => generations.set(name, noncesOf(vector)[index] ?? ''));
    return { ...answer, vector: vectorOf(cells.map(({ name }) => generations.get(name) ?? '')) };
  }

  async write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    const { own, name, node } = this.placeOf(entryKey, vector);
    await node?.write(name, own, entry);
  }

  async claim(entryKey: string, vector: GenerationVector): Promise<boolean> {
    const { own, name, node } = this.placeOf(entryKey, vector);
    return node ? node.claim(name, own) : true;
  }

  async release(entryKey: string, vector: GenerationVector): Promise<void> {
    const { own, name, node } = this.placeOf(entryKey, vector);
    await node?.release(name, own);
  }

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    return this.inEachShard(cellNames, (keeper, names) => keeper.mark(writeId, names, lifeMs));
  }

  evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    return this.inEachShard(cellNames, (keeper, names) => keeper.evict(names, writeId));
  }

  status(): StoreStatus {
    const nodes = this.nodes.all.map(({ store }) => store.status());
    const closed = this.nodes.settled && nodes.every(({ breaker }) => breaker === 'closed');
    return {
      kind: 'redis',
      // Of some tenants, it may be.
      breaker: closed ? 'closed' : nodes.every(({ breaker }) => breaker === 'open') ? 'open' : 'half-open',
      deferredEvictions: nodes.reduce((sum, { deferredEvictions }) => sum + deferredEvictions, 0),
      ...this.local.size(),
    };
  }

  private async readIn(
    shard: Shard,
    entryKey: string,
    cells: readonly Cell[],
    ttlMs: number,
    mode?: LookMode,
  ): Promise<StoreRead> {
    const node = this.nodes.servantOf(shard);
    const scoped = cells.map(({ name, many }) => ({ name: scopedName(shard, name), many }));
    return node ? node.store.read(scopedName(shard, entryKey), scoped, ttlMs, mode) : DEGRADED;
  }

  /** Their generations, each with that of the `*` they are under, which the entry's own node does not have. */
  private async readForeign(shard: Shard, cells: readonly Cell[], ttlMs: number) {
    const answer = await this.readIn(shard, NO_ENTRY, [{ name: EVERYTHING, many: false }, ...cells], ttlMs);
    const [everything, ...nonces] = answer.vector === undefined ? [] : noncesOf(answer.vector);
    const generations = cells.map(({ name }, index) => [name, `${nonces[index]}${FOREIGN}${everything}`] as const);
    return { ...answer, generations };
  }

  private placeOf(entryKey: string, vector: GenerationVector) {
    const shard = shardOf(entryKey);
    const nonces = noncesOf(vector);
    const own = vectorOf(nonces.filter((nonce) => !nonce.includes(FOREIGN)));
    const others = nonces.filter((nonce) => nonce.includes(FOREIGN));
    const name = scopedName(shard, nameUnder(entryKey, others));
    return { own, name, node: this.nodes.servantOf(shard)?.store };
  }

  private async inEachShard(
    cellNames: readonly string[],
    change: (keeper: CacheStore, names: string[]) => Promise<CellsChanged>,
  ): Promise<CellsChanged> {
    const everywhere = (name: string): readonly Shard[] => (name === EVERYTHING ? ALL_SHARDS : [shardOf(name)]);
    const places = cellNames.flatMap((name) => everywhere(name).map((shard) => ({ shard, name })));
    const changes = Array.from(
      groupByShard(places, ({ shard }) => shard),
      async ([shard, cells]) => {
        const keeper = this.nodes.keeperOf(shard);
        // Before anybody is known to keep it: whoever it is begins with a new `*`.
        if (!keeper) return NOT_CHANGED;
        const names = cells.map(({ name }) => scopedName(shard, name));
        const { status, cells: changed } = await change(keeper.store, names);
        return { status, cells: renamed(changed, (name) => parseScopedName(name).name) };
      },
    );
    return merged(await Promise.all(changes));
  }
}

/** Nothing is leased in a cluster. */
function unleased(mode: LookMode = 'validated'): LookMode {
  return mode === 'lease' ? 'validated' : mode;
}

function isIn(home: Shard, { name }: Cell): boolean {
  return name === EVERYTHING || shardOf(name) === home;
}

function shardOf(name: string): Shard {
  return shardOfOwner(ownerOfName(name) ?? name);
}

/** @param others generations that the entry depends on and that other shards hold */
function nameUnder(entryKey: string, others: readonly string[]): string {
  if (others.length === 0) return entryKey;
  return `${entryKey}@${createHash('sha256').update(others.join(' ')).digest('base64url')}`;
}
