import { Injectable } from '@nestjs/common';
import { SharedRedis } from '../cache/shared-redis';
import { SecretConfig } from '../config/secret.config';
import { currentContext } from '../context/request-context';
import { Unauthenticated } from '../errors/http.errors';
import { accountKey } from './account-key';
import { addressKey } from './address-key';
import { tellLimit } from './applied-limits';
import { FailureLimit } from './failure-limit';
import { secondsLeft, type LimitName, type LimitState } from './limit-policy';
import { RateLimitConfig } from './rate-limit.config';
import { RateLimitExceeded } from './rate-limit.errors';
import { RateLimitMetrics } from './rate-limit.metrics';

/** One limit that an attempt counts for. */
interface Expected {
  readonly limit: FailureLimit;
  readonly key: string;
  readonly state: LimitState;
}

/** Attempts to prove who one is: how many may fail per address and per account before they are not looked at any more. */
@Injectable()
export class LoginLimiter {
  private readonly secret: Buffer;
  private readonly address: FailureLimit | undefined;
  private readonly account: FailureLimit | undefined;

  constructor(
    config: RateLimitConfig,
    secret: SecretConfig,
    redis: SharedRedis,
    private readonly metrics: RateLimitMetrics,
  ) {
    this.secret = secret.key('login-limit');
    const { loginFailureWindowSeconds: windowSeconds, loginBlockSeconds, loginBlockMaxSeconds } = config;
    const lengths = { firstSeconds: loginBlockSeconds, mostSeconds: loginBlockMaxSeconds };
    const limit = (name: LimitName, quota: number): FailureLimit | undefined =>
      config.enabled && quota > 0 ? new FailureLimit({ name, quota, windowSeconds }, redis, lengths) : undefined;
    this.address = limit('login-address', config.loginFailuresPerAddress);
    this.account = limit('login-account', config.loginFailuresPerAccount);
  }

  /**
   * Runs one attempt, unless its address or account is blocked. It has failed when it throws {@link Unauthenticated}, for
   * whatever reason, so that an unknown account counts like a known one; any other exception counts for nobody. A success
   * clears the account, and of the address takes back only itself.
   *
   * @param foldedEmail as `lower()` of the database folds what was typed, since that is how accounts are found: no spelling
   *   of one has attempts of its own, no other account clears its count, and an unknown one counts in the same way; null
   *   where only an opaque token is shown
   * @throws RateLimitExceeded 429, and whatever the attempt throws
   */
  async attempt<T>(foldedEmail: string | null, attempt: () => Promise<T>): Promise<T> {
    const expected = await this.expectFailures(foldedEmail);
    try {
      const result = await attempt();
      await Promise.all(expected.map((one) => this.succeeded(one)));
      return result;
    } catch (error) {
      const settle = (one: Expected): Promise<void> =>
        error instanceof Unauthenticated ? this.failed(one) : this.forgive(one);
      await Promise.all(expected.map(settle));
      throw error;
    }
  }

  /** The address first: who is blocked makes no counters for accounts. */
  private async expectFailures(foldedEmail: string | null): Promise<Expected[]> {
    const { address } = currentContext();
    const expected: Expected[] = [];
    if (this.address && address !== undefined) expected.push(await this.expect(this.address, addressKey(address)));
    if (!this.account || foldedEmail === null) return expected;
    try {
      return [...expected, await this.expect(this.account, accountKey(this.secret, foldedEmail))];
    } catch (error) {
      await Promise.all(expected.map((one) => this.forgive(one)));
      throw error;
    }
  }

  private async expect(limit: FailureLimit, key: string): Promise<Expected> {
    const state = await limit.expectFailure(key);
    const { name, quota } = limit.policy;
    if (state.count <= quota) return { limit, key, state };
    this.metrics.refused(name);
    tellLimit(currentContext(), limit.policy, state);
    throw new RateLimitExceeded(name, secondsLeft(state));
  }

  private async succeeded({ limit, key }: Expected): Promise<void> {
    const state = await (limit === this.account ? limit.reset(key) : limit.forgive(key));
    tellLimit(currentContext(), limit.policy, state);
  }

  private async forgive({ limit, key }: Expected): Promise<void> {
    tellLimit(currentContext(), limit.policy, await limit.forgive(key));
  }

  /** The last one that is allowed starts the block. */
  private async failed({ limit, key, state }: Expected): Promise<void> {
    const { name, quota } = limit.policy;
    const current = state.count === quota ? await limit.block(key) : state;
    tellLimit(currentContext(), limit.policy, current);
    if (current !== state) this.metrics.blockStarted(name, limit === this.account ? 'an account' : key, current);
  }
}
