import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SharedRedis } from '../cache/shared-redis';
import { currentContext, type Actor } from '../context/request-context';
import { requestPath } from '../http/request-path';
import { addressKey } from './address-key';
import { tellLimit, tellLimits } from './applied-limits';
import { secondsLeft, type LimitName } from './limit-policy';
import { RateLimitConfig } from './rate-limit.config';
import { RateLimitExceeded } from './rate-limit.errors';
import { RateLimitMetrics } from './rate-limit.metrics';
import { RequestLimit } from './request-limit';

/** Probes and documentation: a balancer or a browser must not be told to come back later. */
const UNLIMITED = /^\/(health|docs)(\/|$)|^\/openapi\.json$/;

/** Requests per minute: of an address before it is known who asks, of a user and a tenant after it. */
@Injectable()
export class RequestLimits {
  private readonly address: RequestLimit | undefined;
  private readonly user: RequestLimit | undefined;
  private readonly tenant: RequestLimit | undefined;

  constructor(
    config: RateLimitConfig,
    redis: SharedRedis,
    private readonly metrics: RateLimitMetrics,
  ) {
    const limit = (name: LimitName, quota: number): RequestLimit | undefined =>
      config.enabled && quota > 0 ? new RequestLimit({ name, quota, windowSeconds: 60 }, redis) : undefined;
    this.address = limit('address', config.addressPerMinute);
    this.user = limit('user', config.userPerMinute);
    this.tenant = limit('tenant', config.tenantPerMinute);
  }

  /**
   * Of every request, before anything else is asked of it.
   * @throws RateLimitExceeded 429
   */
  admitAddress({ ip, url }: FastifyRequest, reply: FastifyReply): void {
    if (UNLIMITED.test(requestPath(url))) return;
    tellLimits(currentContext(), reply);
    if (this.address) this.admit(this.address, addressKey(ip));
  }

  /**
   * What a user is refused is not counted for the tenant: one of them cannot use up what belongs to all.
   * @throws RateLimitExceeded 429
   */
  admitActor({ userId, tenantId }: Actor): void {
    if (this.user) this.admit(this.user, `${tenantId}:${userId}`);
    if (this.tenant) this.admit(this.tenant, tenantId);
  }

  private admit(limit: RequestLimit, key: string): void {
    const { policy } = limit;
    const hit = limit.hit(key);
    tellLimit(currentContext(), policy, hit);
    if (hit.count <= policy.quota) return;
    this.metrics.refused(policy.name);
    if (hit.startsBlock) this.metrics.blockStarted(policy.name, key, hit);
    throw new RateLimitExceeded(policy.name, secondsLeft(hit));
  }
}
