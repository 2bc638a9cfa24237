/** Of a Redis Cluster, by its specification. */
const SLOTS = 16_384;

/** Few enough to bring each of them up to date on every connection, enough to spread over a few dozen nodes. */
export const SHARDS = 128;
const SLOTS_PER_SHARD = SLOTS / SHARDS;

/** Keys that live in one slot, and so on one node. What belongs to one tenant is in one shard. */
export type Shard = number;

export const ALL_SHARDS: readonly Shard[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/**
 * Of the text between the braces, if there is any: CRC16 (XMODEM) as the specification says.
 */
export function slotOf(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return (crc & 0xffff) % SLOTS;
}

/** Evenly over the slots, so that nodes with as many slots have as many shards. */
export function shardOfOwner(owner: string): Shard {
  return Math.floor(slotOf(owner) / SLOTS_PER_SHARD);
}

/** For each shard the smallest number that falls among its slots. */
const hashTags: readonly string[] = (() => {
  const tags: string[] = [];
  for (let candidate = 0, found = 0; found < SHARDS; candidate++) {
    const shard = shardOfOwner(String(candidate));
    if (tags[shard] === undefined) {
      tags[shard] = String(candidate);
      found++;
    }
  }
  return tags;
})();

const shardsByTag = new Map(hashTags.map((tag, shard) => [tag, shard]));

/** Where the keys of the shard are. */
export function slotOfShard(shard: Shard): number {
  return slotOf(hashTags[shard] ?? '');
}

/** The name of an entry or a cell, inside a shard. */
export function scopedName(shard: Shard, name: string): string {
  return `{${hashTags[shard]}}:${name}`;
}

/** @throws TypeError when it is none of {@link scopedName} */
export function parseScopedName(scoped: string): { shard: Shard; tag: string; name: string } {
  const end = scoped.indexOf('}:');
  const shard = shardsByTag.get(scoped.slice(1, end));
  if (shard === undefined) throw new TypeError(`${scoped} is in no shard`);
  return { shard, tag: scoped.slice(0, end + 1), name: scoped.slice(end + 2) };
}

export function groupByShard<T>(items: Iterable<T>, shardOf: (item: T) => Shard): Map<Shard, T[]> {
  const groups = new Map<Shard, T[]>();
  for (const item of items) {
    const shard = shardOf(item);
    const group = groups.get(shard);
    if (group) group.push(item);
    else groups.set(shard, [item]);
  }
  return groups;
}
