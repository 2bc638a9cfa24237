import { readConfig } from '../config/read-config';
import { CACHE_NAMES } from './cache-names';
import { CacheConfig } from './cache.config';

describe('CacheConfig', () => {
  const REDIS_URL = 'redis://user:secret@localhost:6379/1';

  it.each([
    [{}, 'memory'],
    [{ REDIS_URL }, 'redis'],
    [{ REDIS_URL, CACHE_STORE: 'memory' }, 'memory'],
    [{ REDIS_URL, CACHE_STORE: 'none' }, 'none'],
    [{ REDIS_URL, CACHE_ENABLED: 'false' }, 'none'],
    [{ REDIS_URL, CACHE_STORE: 'redis' }, 'redis'],
    [{ CACHE_STORE: 'redis', CACHE_ENABLED: 'false' }, 'none'],
  ])('%j means %s', (env, effective) => {
    expect(readConfig(CacheConfig, env).effectiveStore).toBe(effective);
  });

  it('refuses redis without knowing where it is, and never prints its credentials', () => {
    expect(() => readConfig(CacheConfig, { CACHE_STORE: 'redis' })).toThrow('needs REDIS_URL');
    expect(() => readConfig(CacheConfig, { REDIS_URL: 'http://secret' })).toThrow(/REDIS_URL must be(?!.*secret)/);
  });

  it('refuses what names no Redis, and a memory of one instance beside a cluster of many', () => {
    expect(() => readConfig(CacheConfig, { REDIS_URL: 'redis://secret@one,two' })).toThrow(
      /several servers(?!.*secret)/,
    );
    const cluster = { REDIS_URL: 'redis+cluster://one,two' };
    expect(readConfig(CacheConfig, cluster).effectiveStore).toBe('redis');
    expect(() => readConfig(CacheConfig, { ...cluster, CACHE_FALLBACK: 'memory' })).toThrow('for a single instance');
  });

  it('has a life for every cache, which the environment can change', () => {
    const lives = CACHE_NAMES.map((name) => readConfig(CacheConfig, {}).ttlSecondsOf(name));
    expect(lives).toEqual([300, 300, 600, 900, 1_200, 300]);
    expect(readConfig(CacheConfig, { CACHE_RISK_TTL_SECONDS: '7' }).ttlSecondsOf('risk')).toBe(7);
  });

  it('leases what it is told to, and nothing else', () => {
    const modes = (env: Record<string, string>) => CACHE_NAMES.map((name) => readConfig(CacheConfig, env).modeOf(name));
    expect(new Set(modes({}))).toEqual(new Set(['validated']));
    expect(modes({ CACHE_LEASED: 'risk,connector' }).filter((mode) => mode === 'lease')).toHaveLength(2);
    expect(() => readConfig(CacheConfig, { CACHE_LEASED: 'risk,rsik' })).toThrow('names rsik, which is no cache');
  });
});
