import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../support/api-client';
import type { Provocation } from './provocation';
import { repeatedly } from './repeatedly';

const FULL = 0.95;
const STOPPED_MS = 700;
const RUNNING_MS = 150;
const PLACES_IN_MEMORY = 10;
const GUESSES_AT_ONCE = 8;

export const fullRedis: Provocation = {
  expected: { HighRedisMemory: ['critical'] },
  provoke: async ({ stack: { redis } }) => {
    const [, used = ''] = /^used_memory:(\d+)/m.exec(String(await redis.command('INFO', 'memory'))) ?? [];
    await redis.command('CONFIG', 'SET', 'maxmemory', String(Math.round(Number(used) / FULL)));
    return () => redis.command('CONFIG', 'SET', 'maxmemory', '512mb');
  },
};

export const boundlessRedis: Provocation = {
  expected: { RedisMaxmemoryUnset: ['performance'] },
  provoke: async ({ stack: { redis } }) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    return () => redis.command('CONFIG', 'SET', 'maxmemory', '512mb');
  },
};

export const noRedis: Provocation = {
  expected: { RedisDown: ['critical'] },
  provoke: async ({ stack: { redis } }) => {
    await redis.kill();
    return () => redis.restart({ empty: true });
  },
};

/** Redis is well, and the application cannot reach it. */
export const noWayToRedis: Provocation = {
  expected: { CacheDegraded: ['default'], CacheEvictionDeferred: ['default'] },
  provoke: ({ stack: { toRedis } }) => {
    toRedis.refusing = true;
    toRedis.cut();
    return Promise.resolve(() => {
      toRedis.refusing = false;
      return Promise.resolve();
    });
  },
};

/** What two tenants would have mixed up: an entry that says it is another's. */
export const foreignEntry: Provocation = {
  expected: { TenantIsolationViolation: ['critical', 'security'] },
  provoke: async ({ stack }) => {
    const manager = await stack.as('manager');
    const { body } = await manager.get(`/api/v1/risks?limit=${PLACES_IN_MEMORY + 2}`);
    const paths = (body as { items: { id: string }[] }).items.map(({ id }) => `/api/v1/risks/${id}`);
    return repeatedly(async () => {
      for (const path of paths) await manager.get(path);
      // Only those that the process no longer has in memory are read from Redis again.
      for (const key of (await stack.redis.command('KEYS', '*e:v1:tenant:*')) as string[]) {
        const entry = await stack.redis.command('GET', key);
        if (typeof entry !== 'string') continue;
        const foreign = entry.replace(/"tenantId":"[^"]+"/, `"tenantId":"${randomUUID()}"`);
        await stack.redis.command('SET', key, foreign, 'KEEPTTL');
      }
      for (const path of paths) await manager.get(path);
      await pause(1_000);
    });
  },
};

export const deniedRequests: Provocation = {
  expected: { AuthorizationDenialSpike: ['security'], AuthorizationDenialAnomaly: ['security'] },
  provoke: async ({ stack }) => {
    const viewer = await stack.as('viewer');
    return repeatedly(async () => {
      await viewer.post('/api/v1/assets', { name: 'Not for a viewer', type: 'Server' });
      await pause(200);
    });
  },
};

export const guessedPasswords: Provocation = {
  expected: { BruteForce: ['security'] },
  provoke: ({ stack: { apiUrl } }) => {
    const stranger = new ApiClient(apiUrl);
    const guess = (): Promise<unknown> =>
      stranger.post('/api/v1/auth/login', { email: 'nobody@demo.openrisk.local', password: randomUUID() });
    return Promise.resolve(
      repeatedly(() => Promise.all([...Array.from({ length: GUESSES_AT_ONCE }, guess), pause(100)])),
    );
  },
};

export const blockedEventLoop: Provocation = {
  expected: { EventLoopLag: ['performance'] },
  provoke: ({ stack: { application } }) =>
    Promise.resolve(
      repeatedly(async () => {
        application.child.kill('SIGSTOP');
        await pause(STOPPED_MS);
        application.child.kill('SIGCONT');
        await pause(RUNNING_MS);
      }),
    ),
};

export const frozenApplication: Provocation = {
  expected: { ApiDown: ['critical'] },
  provoke: async ({ stack: { application }, traffic }) => {
    await traffic.settle();
    application.child.kill('SIGSTOP');
    return () => Promise.resolve(application.child.kill('SIGCONT'));
  },
};
