import { resolveEviction, UnusablePattern, type EvictionTargets } from './eviction';
import { sharedTag, tag } from './tag';

describe('resolveEviction', () => {
  const resolve = (targets: EvictionTargets) => resolveEviction(targets, () => 'one');

  it.each<[EvictionTargets, string[], string[]]>([
    [{ tags: [tag('asset', 'list')] }, ['g:tenant:one:asset:list'], ['asset']],
    [{ tags: [sharedTag('marketplace', 'connector')] }, ['g:shared:marketplace:connector'], ['connector']],
    [{ tags: [tag('elsewhere')] }, ['g:tenant:one:elsewhere'], ['other']],
    [{ keys: [{ cache: 'risk', key: ['id', 'a'] }] }, ['g:tenant:one:risk:id:a'], ['risk']],
    [{ keys: [{ cache: 'connector', key: ['list'] }] }, ['g:shared:marketplace:connector:list'], ['connector']],
    [{ pattern: 'risk:list:*' }, ['g:tenant:one:risk:list'], ['risk']],
    [{ pattern: ['risk:*', 'asset:*'] }, ['g:tenant:one:risk', 'g:tenant:one:asset'], ['risk', 'asset']],
    [{ pattern: 'marketplace:connector:*' }, ['g:shared:marketplace:connector'], ['connector']],
    // A connector belongs to all tenants, an app to one: the pattern means both.
    [{ pattern: 'marketplace:*' }, ['g:shared:marketplace', 'g:tenant:one:marketplace'], ['other']],
  ])('%j renews %j', (targets, cellNames, caches) => {
    const eviction = resolve(targets);
    expect(eviction.cellNames).toEqual(cellNames);
    expect([...eviction.caches]).toEqual(caches);
  });

  it.each(['risk', 'risk:list', '*', ':*', 'risk:page=1:*', 'risk:*:*', 'rsik:*', 'risk::*', 'risk:a b:*'])(
    'refuses the pattern %j, which could never match',
    (pattern) => {
      expect(() => resolve({ pattern })).toThrow(UnusablePattern);
    },
  );

  it('asks for the tenant only when something of a tenant is evicted', () => {
    const nobody = (): string => {
      throw new Error('no tenant');
    };
    expect(() => resolveEviction({ pattern: 'marketplace:connector:*' }, nobody)).not.toThrow();
    expect(() => resolveEviction({ tags: [tag('risk')] }, nobody)).toThrow('no tenant');
  });
});
