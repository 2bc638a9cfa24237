import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { SharedRedis } from '../cache/shared-redis';

/**
 * Counters that all instances share, one Redis key each, with the window as its life. Undefined without REDIS_URL.
 *
 * @param name of the counters, part of their keys
 */
export function redisLimiter(
  { client, keyPrefix }: SharedRedis,
  { name, quota, windowSeconds }: { name: string; quota: number; windowSeconds: number },
): RateLimiterRedis | undefined {
  if (!client) return undefined;
  return new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    keyPrefix: `${keyPrefix}:limit:${name}`,
    points: quota,
    duration: windowSeconds,
  });
}
