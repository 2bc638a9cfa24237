import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SharedRedisModule } from '../cache/shared-redis.module';
import { provideConfig } from '../config/config.module';
import { ActorLimitGuard } from './actor-limit.guard';
import { LoginLimiter } from './login-limiter';
import { RateLimitConfig } from './rate-limit.config';
import { rateLimitMetricProvider, RateLimitMetrics } from './rate-limit.metrics';
import { RequestLimits } from './request-limits';

/** Its guard needs to know who asks: it runs after the modules that are imported before it. */
@Global()
@Module({
  imports: [SharedRedisModule],
  providers: [
    provideConfig(RateLimitConfig),
    rateLimitMetricProvider,
    RateLimitMetrics,
    RequestLimits,
    LoginLimiter,
    { provide: APP_GUARD, useClass: ActorLimitGuard },
  ],
  exports: [LoginLimiter, RequestLimits],
})
export class RateLimitModule {}
