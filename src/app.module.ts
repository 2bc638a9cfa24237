import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AdminModule } from './admin/admin.module';
import { AuditModule } from './audit/audit.module';
import { DenialFilter } from './audit/denial.filter';
import { AuthModule } from './auth/auth.module';
import { BackgroundJobsModule } from './background-jobs/background-jobs.module';
import { CacheModule } from './cache/cache.module';
import { ConfigModule } from './config/config.module';
import type { Environment } from './config/read-config';
import { DashboardModule } from './dashboard/dashboard.module';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { HttpModule } from './http/http.module';
import { ValidationPipe } from './http/validation.pipe';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { JobsModule } from './jobs/jobs.module';
import { MarketplaceModule } from './marketplace/marketplace.module';
import { MetricsModule } from './metrics/metrics.module';
import { OutboundModule } from './outbound/outbound.module';
import { OutboxModule } from './outbox/outbox.module';
import { RateLimitModule } from './rate-limit/rate-limit.module';
import { RbacModule } from './rbac/rbac.module';
import { RiskModule } from './risk/risk.module';
import { SecretsModule } from './secrets/secrets.module';

const ground = [HttpModule, MetricsModule];
const platform = [
  DatabaseModule,
  CacheModule,
  JobsModule,
  IdempotencyModule,
  HealthModule,
  SecretsModule,
  OutboundModule,
  OutboxModule,
];
// Guards run in the order of their modules: who is asking, how much they have asked already, what they may do.
const access = [AuditModule, AuthModule, RateLimitModule, RbacModule];
const features = [BackgroundJobsModule, RiskModule, DashboardModule, MarketplaceModule, AdminModule];

/** The table of contents, tier by tier. */
@Module({})
export class AppModule {
  static forEnvironment(env: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [ConfigModule.forEnvironment(env), ...ground, ...platform, ...access, ...features],
      providers: [
        { provide: APP_FILTER, useClass: DenialFilter },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
    };
  }
}
