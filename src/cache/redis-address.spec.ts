import { parseRedisUrl, UnusableRedisUrl } from './redis-address';

describe('REDIS_URL', () => {
  it.each(['redis://localhost', 'redis://user:secret@10.0.0.1:6380/2', 'rediss://[::1]:6379'])(
    '%s is one server',
    (url) => expect(parseRedisUrl(url)).toEqual({ kind: 'single', url }),
  );

  it('names a cluster by some of its nodes, with credentials that all of them take', () => {
    const address = parseRedisUrl('rediss+cluster://user:p%40ss@one:7000,[fd00::2],three:7002');
    expect(address).toMatchObject({
      kind: 'cluster',
      seeds: [
        { host: 'one', port: 7000 },
        { host: '[fd00::2]', port: 6379 },
        { host: 'three', port: 7002 },
      ],
    });
    if (address.kind !== 'cluster') throw new Error('no cluster');
    expect(address.urlOf({ host: 'four', port: 7003 })).toBe('rediss://user:p%40ss@four:7003');
  });

  it('names sentinels, the master they watch, and a password of their own', () => {
    expect(parseRedisUrl('redis+sentinel://:secret@s1,s2:26380/my%20master/3?sentinelPassword=other')).toEqual({
      kind: 'sentinel',
      masterName: 'my master',
      sentinelUrls: ['redis://:other@s1:26379', 'redis://:other@s2:26380'],
      url: 'redis://:secret@master-of-the-sentinels/3',
    });
    expect(parseRedisUrl('redis+sentinel://s1/m')).toMatchObject({ url: 'redis://master-of-the-sentinels' });
  });

  it.each([
    ['redis://:secret@one,two', 'names several servers'],
    ['redis+cluster://:secret@one,two/1', 'a Redis Cluster has only one'],
    ['redis+sentinel://:secret@one', 'must name the master'],
    ['redis+sentinel://:secret@one/m/first', 'number of a database'],
    ['redis://:secret@one/first', 'number of a database'],
    ['redis+cluster://:secret@one:70000', 'host:port'],
    ['redis+cluster://:secret@one,,two', 'host:port'],
    ['redis://:secret?x@one', 'host:port'],
    ['redis://:secret#x@one', 'is no redis://'],
    ['redis+sentinel://:secret%@one/m', 'percent-encoded'],
    ['redis://:secret%zz@one', 'percent-encoded'],
    ['http://:secret@one', 'is no redis://'],
  ])('refuses %s, and keeps its credentials to itself', (url, why) => {
    const parse = () => parseRedisUrl(url);
    expect(parse).toThrow(UnusableRedisUrl);
    expect(parse).toThrow(why);
    expect(parse).not.toThrow(/secret/);
  });
});
