import { addressOf, cellOfKey, cellOfTag, type Audience } from './cache-key';
import { sharedTag, tag } from './tag';

const inTenant: Audience = { tenantId: 'one', userId: undefined };
const names = ({ cells }: ReturnType<typeof addressOf>): string[] => cells.map(({ name }) => name);

describe('addressOf', () => {
  it('has schema, tenant and audience in front of a readable key', () => {
    const { entryKey } = addressOf({ cache: 'risk', key: ['list', { page: 1 }] }, [], inTenant);
    expect(entryKey).toBe('e:v1:tenant:one:all:risk:list:page=1');
    expect(addressOf({ cache: 'risk', key: ['mine'] }, [], { tenantId: 'one', userId: 'me' }).entryKey).toBe(
      'e:v1:tenant:one:user:me:risk:mine',
    );
    expect(
      addressOf({ cache: 'connector', key: ['list'] }, [], { tenantId: undefined, userId: undefined }).entryKey,
    ).toBe('e:v1:shared:all:marketplace:connector:list');
  });

  it('depends on everything, the tenant, its tags, each leading part of the key, and itself', () => {
    const tags = [tag('dashboard'), sharedTag('marketplace')];
    expect(names(addressOf({ cache: 'risk', key: ['list', { page: 1 }] }, tags, inTenant))).toEqual([
      'g:*',
      'g:tenant:one',
      'g:tenant:one:dashboard',
      'g:shared:marketplace',
      'g:tenant:one:risk',
      'g:tenant:one:risk:list',
      'g:tenant:one:risk:list:page=1',
    ]);
  });

  it('asks for no cell twice', () => {
    const all = names(
      addressOf({ cache: 'asset', key: ['id', 'a'] }, [tag('asset', 'id', 'a'), tag('asset')], inTenant),
    );
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain('g:tenant:one:asset:id:a');
  });

  it('is found again by the key and by the tag of the same name', () => {
    const own = names(addressOf({ cache: 'asset', key: ['id', 'a'] }, [], inTenant)).at(-1);
    expect(cellOfKey({ cache: 'asset', key: ['id', 'a'] }, 'one')).toBe(own);
    expect(cellOfTag(tag('asset', 'id', 'a'), 'one')).toBe(own);
  });

  it('hashes what is long, keeps its beginning readable, and tells long keys apart by their end', () => {
    const long = (end: string) =>
      addressOf({ cache: 'risk', key: ['search', { text: 'x'.repeat(500) + end }] }, [], inTenant);
    expect(long('a').entryKey).toMatch(/^e:v1:tenant:one:all:risk:search:text=x+~[0-9a-f]{64}$/);
    expect(long('a').entryKey.length).toBeLessThan(240);
    expect(long('a').entryKey).not.toBe(long('b').entryKey);
    expect(names(long('a')).at(-1)).not.toBe(names(long('b')).at(-1));
  });

  it('is the same object for the same question, and another one for other tags', () => {
    const question = { cache: 'risk', key: ['same', 1] } as const;
    const [rows, places] = [[tag('row', 1), tag('row', 2)], [tag('row', 2)]];
    const address = addressOf(question, [tag('a')], inTenant, rows);
    expect(addressOf(question, [tag('a')], inTenant, rows)).toBe(address);
    expect(names(address).slice(-2)).toEqual(['g:tenant:one:row:1', 'g:tenant:one:row:2']);
    expect(names(addressOf(question, [tag('a')], inTenant, places))).not.toContain('g:tenant:one:row:1');
    expect(names(addressOf(question, [tag('b')], inTenant, rows))).not.toContain('g:tenant:one:a');
    expect(names(addressOf(question, [sharedTag('a')], inTenant, rows))).toContain('g:shared:a');
    expect(names(addressOf(question, [tag('a'), tag('b')], inTenant, rows))).toContain('g:tenant:one:b');
    const elsewhere = addressOf(question, [tag('a')], { ...inTenant, tenantId: 'two' }, rows);
    expect(names(elsewhere).slice(-2)).toEqual(['g:tenant:two:row:1', 'g:tenant:two:row:2']);
  });

  it('asks for no cell twice that is among others as well', () => {
    const all = names(addressOf({ cache: 'risk', key: ['id', 'a'] }, [tag('x')], inTenant, [tag('x'), tag('risk')]));
    expect(new Set(all).size).toBe(all.length);
  });

  it('lets no tenant pass for another', () => {
    const key = { cache: 'risk', key: ['x'] } as const;
    const imitation = addressOf(key, [], { tenantId: 'one:all:risk', userId: undefined });
    expect(imitation.entryKey).toBe('e:v1:tenant:one%3aall%3arisk:all:risk:x');
  });
});

describe('tag', () => {
  it('is made of at least one scalar', () => {
    expect(() => tag()).toThrow('Nothing cannot be part of a cache key');
    expect(() => tag('asset', { id: 1 })).toThrow('inside a tag');
  });
});
