import { EVERYTHING, type Cell } from '../../cache-key';
import type { CellsChanged, GenerationVector, LookMode, StoredEntry, StoreRead, StoreStatus } from '../../store';
import type { RedisStore } from '../redis.store';
import type { ServerStore } from '../server-store';
import { merged, NOT_CHANGED, renamed } from './changed-cells';
import { groupByShard, parseScopedName, scopedName, type Shard } from './shards';

/** The node does not serve the slot, or not alone, or not at present. */
const ELSEWHERE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/;

/** What a node has to know of its cluster. */
export interface Shards {
  /** Those which are its own, as far as is known here. */
  owned(): readonly Shard[];
  /** It has said that this one is not. */
  disowned(shard: Shard): void;
}

/**
 * The shards of one node. Names come with their shard. Everything lives below the run_id of the node, as on a single
 * server, but for the cell `*` of each shard: when a slot moves to another node and back, the `*` that others have
 * renewed meanwhile comes with it, and what was stored here before is out of reach.
 */
export class NodeStore implements ServerStore {
  private runId = '';

  constructor(
    private readonly redis: RedisStore,
    private readonly shards: Shards,
  ) {}

  begin(runId: string): void {
    this.runId = runId;
  }

  /** All nodes share the values of this process; they are compared with their cells each time. */
  forget(): void {
    return;
  }

  read(entryKey: string, cells: readonly Cell[], ttlMs: number, mode?: LookMode): Promise<StoreRead> {
    const here = cells.map(({ name, many }) => ({ name: this.keyOf(name), many }));
    return this.unlessElsewhere(entryKey, () => this.redis.read(this.keyOf(entryKey), here, ttlMs, mode), {
      tier: 'none',
      degraded: true,
    });
  }

  write(entryKey: string, vector: GenerationVector, entry: StoredEntry): Promise<void> {
    return this.unlessElsewhere(entryKey, () => this.redis.write(this.keyOf(entryKey), vector, entry), undefined);
  }

  claim(entryKey: string, vector: GenerationVector): Promise<boolean> {
    return this.unlessElsewhere(entryKey, () => this.redis.claim(this.keyOf(entryKey), vector), true);
  }

  release(entryKey: string, vector: GenerationVector): Promise<void> {
    return this.unlessElsewhere(entryKey, () => this.redis.release(this.keyOf(entryKey), vector), undefined);
  }

  mark(writeId: string, cellNames: readonly string[], lifeMs: number): Promise<CellsChanged> {
    return this.inEachShard(cellNames, (names) => this.redis.mark(writeId, names, lifeMs));
  }

  /** Not remembered when a shard is elsewhere: whoever serves it next begins with a new `*`. */
  evict(cellNames: readonly string[], writeId?: string): Promise<CellsChanged> {
    return this.inEachShard(cellNames, (names) => this.redis.evict(names, writeId));
  }

  /** In one of its shards: nobody knows how to write elsewhere. */
  async probe(): Promise<void> {
    const [shard] = this.shards.owned();
    if (shard === undefined) return;
    const name = scopedName(shard, 'probe');
    await this.unlessElsewhere(name, () => this.redis.probe(this.keyOf(name)), undefined);
  }

  status(): StoreStatus {
    return this.redis.status();
  }

  private async inEachShard(
    cellNames: readonly string[],
    change: (keys: string[]) => Promise<CellsChanged>,
  ): Promise<CellsChanged> {
    const everything = (): string[] => this.shards.owned().map((shard) => scopedName(shard, EVERYTHING));
    const names = new Set(cellNames.flatMap((name) => (name === EVERYTHING ? everything() : name)));
    const byShard = groupByShard(names, (name) => parseScopedName(name).shard);
    const changes = Array.from(byShard.values(), async (group) => {
      const keys = group.map((name) => this.keyOf(name));
      const { status, cells } = await this.unlessElsewhere(group[0] ?? '', () => change(keys), NOT_CHANGED);
      return { status, cells: renamed(cells, (key) => group[keys.indexOf(key)] ?? key) };
    });
    return merged(await Promise.all(changes));
  }

  private async unlessElsewhere<T>(scoped: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || !ELSEWHERE.test(error.message)) throw error;
      this.shards.disowned(parseScopedName(scoped).shard);
      return otherwise;
    }
  }

  private keyOf(scoped: string): string {
    const { tag, name } = parseScopedName(scoped);
    return name === EVERYTHING ? scoped : `${tag}:${this.runId}:${name}`;
  }
}
