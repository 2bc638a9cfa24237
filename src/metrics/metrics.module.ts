import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { HandlerMetricsInterceptor, handlerDurationProvider } from './handler-metrics.interceptor';
import { HttpMetrics, httpMetricProviders } from './http-metrics';
import { MetricsConfig } from './metrics.config';

@Module({
  providers: [
    provideConfig(MetricsConfig),
    ...httpMetricProviders,
    handlerDurationProvider,
    HttpMetrics,
    { provide: APP_INTERCEPTOR, useClass: HandlerMetricsInterceptor },
  ],
  exports: [HttpMetrics, MetricsConfig],
})
export class MetricsModule {}
