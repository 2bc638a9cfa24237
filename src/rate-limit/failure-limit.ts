import type { RateLimiterRedis } from 'rate-limiter-flexible';
import type { SharedRedis } from '../cache/shared-redis';
import type { LimitPolicy, LimitState } from './limit-policy';
import { LocalWindows } from './local-windows';
import { redisLimiter } from './redis-limiter';

/** How long the number of blocks is remembered, by which they grow. */
const BLOCKS_WINDOW_SECONDS = 86_400;
/** The count of a blocked key: too high to be brought down by successes that were on their way. */
const BLOCKED = 1_000_000_000;

export interface BlockLengths {
  readonly firstSeconds: number;
  readonly mostSeconds: number;
}

/**
 * Failures per key, exact among all instances: Redis is asked each time, and what it says is kept here too, to go on with
 * when it does not answer within its deadline. Never rejects. Each block is twice as long as the last one.
 */
export class FailureLimit {
  private readonly failures: Counter;
  private readonly blocks: Counter;

  constructor(
    readonly policy: LimitPolicy,
    redis: SharedRedis,
    private readonly lengths: BlockLengths,
  ) {
    this.failures = new Counter(policy, redis);
    const { name } = policy;
    this.blocks = new Counter({ name: `${name}-blocks`, quota: 1, windowSeconds: BLOCKS_WINDOW_SECONDS }, redis);
  }

  /** Counts a failure before it is one, so that many attempts at once are not more than one after the other. */
  expectFailure(key: string): Promise<LimitState> {
    return this.failures.add(key, 1);
  }

  /** It was none. */
  forgive(key: string): Promise<LimitState> {
    return this.failures.add(key, -1);
  }

  async block(key: string): Promise<LimitState> {
    const { firstSeconds, mostSeconds } = this.lengths;
    const { count: blocks } = await this.blocks.add(key, 1);
    const seconds = Math.min(firstSeconds * 2 ** (blocks - 1), mostSeconds);
    return this.failures.set(key, BLOCKED, seconds);
  }

  /** Nothing of it is left, and the next block is a first one. */
  async reset(key: string): Promise<LimitState> {
    await Promise.all([this.failures.delete(key), this.blocks.delete(key)]);
    return { count: 0, msLeft: this.policy.windowSeconds * 1000 };
  }
}

/** In Redis when it answers in time, and always here. */
class Counter {
  private readonly local: LocalWindows;
  private readonly shared: RateLimiterRedis | undefined;

  constructor(
    policy: { name: string; quota: number; windowSeconds: number },
    private readonly redis: SharedRedis,
  ) {
    this.local = new LocalWindows(policy);
    this.shared = redisLimiter(redis, policy);
  }

  async add(key: string, points: number): Promise<LimitState> {
    const answer = await this.ask((shared) => shared.penalty(key, points));
    if (!answer) return this.local.add(key, points);
    const state = { count: answer.consumedPoints, msLeft: answer.msBeforeNext };
    this.local.set(key, state);
    return state;
  }

  async set(key: string, count: number, seconds: number): Promise<LimitState> {
    const state = { count, msLeft: seconds * 1000 };
    this.local.set(key, state);
    await this.ask((shared) => shared.set(key, count, seconds));
    return state;
  }

  async delete(key: string): Promise<void> {
    this.local.delete(key);
    await this.ask((shared) => shared.delete(key));
  }

  private async ask<T>(question: (shared: RateLimiterRedis) => Promise<T>): Promise<T | undefined> {
    const { shared } = this;
    if (!shared) return undefined;
    try {
      return await this.redis.ask(() => question(shared));
    } catch {
      return undefined;
    }
  }
}
