import { type RateLimiterRedis } from 'rate-limiter-flexible';
import type { SharedRedis } from '../cache/shared-redis';
import type { LimitPolicy } from './limit-policy';
import { LocalWindows, type Hit } from './local-windows';
import { redisLimiter } from './redis-limiter';

/** How far the instances' knowledge of each other may lag behind; a round trip to Redis comes on top. */
const SYNC_INTERVAL_MS = 50;

/**
 * Requests per key, decided in this process without waiting, and told to Redis in the background: per key and 50 ms one
 * command, whatever the rate. Without Redis each instance goes on by itself with what it knows.
 *
 * How exact: one instance never lets more than the quota through. Several together let at most that pass beyond it which
 * the others admit within 50 ms and a round trip.
 */
export class RequestLimit {
  private readonly windows: LocalWindows;
  private readonly shared: RateLimiterRedis | undefined;
  private readonly unsent = new Set<string>();
  private underway: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly policy: LimitPolicy,
    private readonly redis: SharedRedis,
  ) {
    this.windows = new LocalWindows(policy);
    this.shared = redisLimiter(redis, policy);
  }

  hit(key: string): Hit {
    const hit = this.windows.hit(key);
    if (hit.count <= this.policy.quota) this.syncSoon(key);
    return hit;
  }

  private syncSoon(key: string): void {
    // Away: what is counted stays here, and goes with the first hit after Redis is back.
    if (!this.redis.isConnected) return;
    this.unsent.add(key);
    this.schedule();
  }

  private schedule(): void {
    const { shared } = this;
    if (shared) this.timer ??= setTimeout(() => void this.sync(shared), SYNC_INTERVAL_MS).unref();
  }

  /** Never rejects. The next one starts after it, so that a slow Redis meets no growing pile. */
  private async sync(shared: RateLimiterRedis): Promise<void> {
    let isComplete = false;
    try {
      await this.redis.ask(() => {
        const keys = [...this.unsent];
        this.unsent.clear();
        // With what is still awaited: a Redis that is silent must not look well because there is little to tell.
        const sent = Promise.all([this.underway, ...keys.map((key) => this.send(shared, key))]);
        this.underway = sent.catch(() => undefined);
        return sent;
      });
      isComplete = true;
    } catch {
      // Redis counts as away after some of these, and says so in the log; here everything goes on.
    }
    this.timer = undefined;
    if (this.unsent.size > 0 || (!isComplete && this.redis.isConnected)) this.schedule();
  }

  /** Rejects when Redis fails; an answer that comes late is as good. */
  private async send(shared: RateLimiterRedis, key: string): Promise<void> {
    const taken = this.windows.take(key);
    if (!taken) return;
    try {
      const { consumedPoints, msBeforeNext } = await shared.penalty(key, taken.points);
      taken.confirm({ count: consumedPoints, msLeft: msBeforeNext });
    } catch (error) {
      taken.giveBack();
      throw error;
    }
  }
}
