import { Global, Module } from '@nestjs/common';
import { SharedRedisModule } from '../cache/shared-redis.module';
import { provideConfig } from '../config/config.module';
import { LoginLimiter } from './login-limiter';
import { RateLimitConfig } from './rate-limit.config';
import { rateLimitMetricProvider, RateLimitMetrics } from './rate-limit.metrics';
import { RequestLimits } from './request-limits';

@Global()
@Module({
  imports: [SharedRedisModule],
  providers: [provideConfig(RateLimitConfig), rateLimitMetricProvider, RateLimitMetrics, RequestLimits, LoginLimiter],
  exports: [LoginLimiter, RequestLimits],
})
export class RateLimitModule {}
