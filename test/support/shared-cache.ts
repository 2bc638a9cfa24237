import { randomUUID } from 'node:crypto';
import { sharedRedisUrl } from './redis-server';

/** Settings with which several instances keep one cache: in Redis, or none where there is no Redis. */
export function sharedCache(): Record<string, string> {
  if (sharedRedisUrl !== undefined) {
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    return { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: prefix, CACHE_DEADLINE_MS: '5000' };
  }
  process.stdout.write('skipped, there is no Redis: instances that share a cache\n');
  return { CACHE_STORE: 'none' };
}
