import { Injectable } from '@nestjs/common';
import { circuitBreaker, ConsecutiveBreaker, handleWhen, isBrokenCircuitError, type IPolicy } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { OutboundConfig } from './outbound.config';
import { OutboundFailure, type FailureReason } from './outbound.errors';

const MOST_TARGETS = 10_000;
const ofTheTarget: ReadonlySet<FailureReason> = new Set(['unreachable', 'bad-tls', 'bad-answer', 'too-slow']);

/**
 * Leaves a target alone that fails again and again. One breaker per tenant and origin: what one tenant asks for must not
 * cut off another one.
 */
@Injectable()
export class TargetBreakers {
  private readonly breakers = new LRUCache<string, IPolicy>({ max: MOST_TARGETS });

  constructor(private readonly config: OutboundConfig) {}

  /** @throws OutboundFailure breaker-open, without trying; what the work throws */
  async run<T>(tenantId: string, { origin }: URL, work: () => Promise<T>): Promise<T> {
    try {
      return await this.of(`${tenantId} ${origin}`).execute(work);
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      const retryAfterSeconds = this.config.breakerSeconds;
      throw new OutboundFailure('breaker-open', `${origin} has failed too often; it is tried again later.`, {
        retryAfterSeconds,
      });
    }
  }

  private of(key: string): IPolicy {
    const known = this.breakers.get(key);
    if (known) return known;
    const { breakerFailures, breakerSeconds } = this.config;
    const fresh = circuitBreaker(handleWhen(isOfTheTarget), {
      halfOpenAfter: breakerSeconds * 1_000,
      breaker: new ConsecutiveBreaker(breakerFailures),
    });
    this.breakers.set(key, fresh);
    return fresh;
  }
}

function isOfTheTarget(error: Error): boolean {
  if (!(error instanceof OutboundFailure)) return false;
  return ofTheTarget.has(error.reason) || (error.reason === 'status' && (error.answered ?? 0) >= 500);
}
