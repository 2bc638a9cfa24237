import { randomUUID } from 'node:crypto';

/** Settings with which several instances keep one cache: in Redis, or none where there is no Redis. */
export function sharedCache(): Record<string, string> {
  // Not before it is needed: a command starts its Redis after this file is loaded.
  const url = process.env['OPENRISK_TEST_REDIS_URL'];
  if (url !== undefined) {
    const prefix = `test-${randomUUID().slice(0, 8)}`;
    return { REDIS_URL: url, CACHE_KEY_PREFIX: prefix, CACHE_DEADLINE_MS: '5000' };
  }
  process.stdout.write('skipped, there is no Redis: instances that share a cache\n');
  return { CACHE_STORE: 'none' };
}
