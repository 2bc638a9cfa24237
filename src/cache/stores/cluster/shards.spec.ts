import { ALL_SHARDS, parseScopedName, scopedName, SHARDS, shardOfOwner, slotOf, slotOfShard } from './shards';

describe('Shards of a cluster', () => {
  it('uses the slots of the specification', () => {
    // As CLUSTER KEYSLOT answers.
    expect(['123456789', 'foo', 'bar', ''].map(slotOf)).toEqual([12739, 12182, 5061, 0]);
  });

  it('spreads them evenly: each has a slot of its own part', () => {
    expect(ALL_SHARDS.map((shard) => Math.floor(slotOfShard(shard) / (16_384 / SHARDS)))).toEqual(ALL_SHARDS);
  });

  it('keeps what belongs to one owner together, and owners apart', () => {
    const owners = Array.from({ length: 5_000 }, (_, number) => `tenant:${number}`);
    const sizes = ALL_SHARDS.map((shard) => owners.filter((owner) => shardOfOwner(owner) === shard).length);
    expect(Math.min(...sizes)).toBeGreaterThan(10);
    expect(shardOfOwner('shared')).toBe(shardOfOwner('shared'));
  });

  it('knows the shard of a name by its hash tag, which is the first in it', () => {
    for (const shard of ALL_SHARDS) {
      const scoped = scopedName(shard, 'g:tenant:{7}:list');
      expect(parseScopedName(scoped)).toMatchObject({ shard, name: 'g:tenant:{7}:list' });
      expect(slotOf(/\{(.*?)\}/.exec(scoped)?.[1] ?? '')).toBe(slotOfShard(shard));
    }
    expect(() => parseScopedName('g:*')).toThrow('in no shard');
  });
});
