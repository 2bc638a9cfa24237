import { Env } from '../config/env.decorator';
import { CACHE_NAMES, isCacheName, type CacheName } from './cache-names';
import { parseRedisUrl, UnusableRedisUrl, type RedisAddress } from './redis-address';
import type { ReadMode } from './store';
import type { MemoryBounds } from './stores/local-entries';

const ttl = { kind: 'integer', unit: 'seconds', min: 1, max: 86_400 } as const;

export class CacheConfig {
  @Env('CACHE_ENABLED', {
    about: 'Off: every read goes to the database and nothing is stored; other instances still hear of changes.',
    kind: 'flag',
  })
  readonly enabled: boolean = true;

  @Env('CACHE_STORE', {
    about: 'Where entries live. auto: redis when REDIS_URL is set, else memory, which is for a single instance only.',
    kind: 'choice',
    choices: ['auto', 'redis', 'memory', 'none'],
  })
  readonly store: 'auto' | 'redis' | 'memory' | 'none' = 'auto';

  @Env('REDIS_URL', {
    about: 'Redis that all instances share, with its credentials; several hosts of a Redis Cluster, or of sentinels.',
    kind: 'text',
    unit: 'redis://h:p/db, redis+cluster://h:p,h:p or redis+sentinel://h:p,h:p/master/db; rediss speaks TLS',
    pattern: /^rediss?(\+(cluster|sentinel))?:\/\/[^\s/]+/,
    secret: true,
  })
  readonly redisUrl?: string;

  @Env('CACHE_KEY_PREFIX', {
    about: 'First part of every Redis key, for several installations in one Redis.',
    kind: 'text',
    unit: '1 to 40 letters, digits, _ . or -',
    pattern: /^[A-Za-z0-9_.-]{1,40}$/,
  })
  readonly keyPrefix: string = 'openrisk';

  @Env('CACHE_DEADLINE_MS', {
    about: 'How long one Redis command may take before the read goes to the database.',
    kind: 'integer',
    unit: 'ms',
    min: 5,
    max: 5_000,
  })
  readonly deadlineMs: number = 100;

  @Env('CACHE_FALLBACK', {
    about: 'Without Redis: bypass asks the database every time; memory caches here and is for a single instance only.',
    kind: 'choice',
    choices: ['bypass', 'memory'],
  })
  readonly fallback: 'bypass' | 'memory' = 'bypass';

  @Env('CACHE_MEMORY_MAX_BYTES', {
    about: 'Bound of the values kept in this process, also in front of Redis.',
    kind: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: 17_179_869_184,
  })
  readonly memoryMaxBytes: number = 67_108_864;

  @Env('CACHE_MEMORY_MAX_ENTRIES', {
    about: 'Bound of the number of values kept in this process.',
    kind: 'integer',
    unit: 'entries',
    min: 10,
    max: 1_000_000,
  })
  readonly memoryMaxEntries: number = 20_000;

  @Env('CACHE_MAX_LOADS', {
    about: 'How many loads of one cache may run at a time, so that a cold start cannot flood the database.',
    kind: 'integer',
    unit: 'loads',
    min: 1,
    max: 1_000,
  })
  readonly maxLoads: number = 16;

  @Env('CACHE_LEASED', {
    about: 'Caches that answer without asking Redis, and may be 300 ms behind a write on another instance.',
    kind: 'text',
    unit: 'names, separated by commas',
    pattern: /^[a-z]+(,[a-z]+)*$/,
  })
  readonly leased?: string;

  @Env('CACHE_RISK_TTL_SECONDS', { ...ttl, about: 'Life of risk lists, searches and single risks.' })
  readonly riskTtlSeconds: number = 300;

  @Env('CACHE_ASSET_TTL_SECONDS', { ...ttl, about: 'Life of asset lists and single assets.' })
  readonly assetTtlSeconds: number = 300;

  @Env('CACHE_DASHBOARD_TTL_SECONDS', { ...ttl, about: 'Life of dashboard statistics, matrices and trends.' })
  readonly dashboardTtlSeconds: number = 600;

  @Env('CACHE_CONNECTOR_TTL_SECONDS', { ...ttl, about: 'Life of the connector catalogue.' })
  readonly connectorTtlSeconds: number = 900;

  @Env('CACHE_APP_TTL_SECONDS', { ...ttl, about: 'Life of installed marketplace apps.' })
  readonly appTtlSeconds: number = 1_200;

  @Env('CACHE_RBAC_TTL_SECONDS', { ...ttl, about: 'Life of roles and of what a member may do.' })
  readonly rbacTtlSeconds: number = 300;

  /** What CACHE_ENABLED, CACHE_STORE and REDIS_URL come to. */
  get effectiveStore(): 'redis' | 'memory' | 'none' {
    if (!this.enabled) return 'none';
    if (this.store !== 'auto') return this.store;
    return this.redisUrl === undefined ? 'memory' : 'redis';
  }

  /** Whether evictions go to Redis: an instance whose cache is off still tells those whose cache is on. */
  get tellsRedis(): boolean {
    return this.effectiveStore === 'redis' || (!this.enabled && this.store !== 'memory' && this.redisUrl !== undefined);
  }

  /** Where Redis is, whether or not entries live there. */
  get redisAddress(): RedisAddress | undefined {
    return this.redisUrl === undefined ? undefined : parseRedisUrl(this.redisUrl);
  }

  get memoryBounds(): MemoryBounds {
    return { maxBytes: this.memoryMaxBytes, maxEntries: this.memoryMaxEntries };
  }

  ttlSecondsOf(cache: CacheName): number {
    return this[`${cache}TtlSeconds`];
  }

  modeOf(cache: CacheName): ReadMode {
    return this.leasedNames.includes(cache) ? 'lease' : 'validated';
  }

  problems(): string[] {
    const problems = this.leasedNames
      .filter((name) => !isCacheName(name))
      .map((name) => `CACHE_LEASED names ${name}, which is no cache: ${CACHE_NAMES.join(', ')}`);
    if (this.effectiveStore === 'redis' && this.redisUrl === undefined) {
      problems.push('CACHE_STORE=redis needs REDIS_URL');
    }
    return [...problems, ...this.redisProblems()];
  }

  private redisProblems(): string[] {
    try {
      if (this.redisAddress?.kind === 'cluster' && this.fallback === 'memory') {
        return ['CACHE_FALLBACK=memory is for a single instance, and REDIS_URL names a Redis Cluster'];
      }
      return [];
    } catch (error) {
      if (error instanceof UnusableRedisUrl) return [error.message];
      throw error;
    }
  }

  private get leasedNames(): string[] {
    return this.leased?.split(',') ?? [];
  }
}
