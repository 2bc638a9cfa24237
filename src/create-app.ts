import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module';
import { LargeBodyGate } from './auth/large-body-gate';
import { checkEnvironment, readConfig, type Environment } from './config/read-config';
import { Draining } from './http/draining';
import { HttpConfig } from './http/http.config';
import { createHttpAdapter, logRequests, prepareHttpServer } from './http/http-server';
import { serveOpenApi } from './http/openapi';
import { createLogger, NestLogger } from './logging/logger';
import { LoggingConfig } from './logging/logging.config';
import { HttpMetrics } from './metrics/http-metrics';
import { RequestLimits } from './rate-limit/request-limits';
import { HandlerSpansInterceptor } from './tracing/handler-spans.interceptor';
import { traceRequests } from './tracing/request-spans';
import { startTracing } from './tracing/start-tracing';
import { isTracing } from './tracing/tracer';
import { TracingConfig } from './tracing/tracing.config';

/**
 * The whole application, ready to listen: schema migrated, routes made, nothing listening yet.
 *
 * @param logDestination instead of standard output
 * @throws InvalidConfiguration listing every bad setting, before anything else is touched
 */
export async function createApp(env: Environment, logDestination?: DestinationStream): Promise<NestFastifyApplication> {
  checkEnvironment(env);
  const http = readConfig(HttpConfig, env);
  const logging = readConfig(LoggingConfig, env);
  const logger = createLogger(logging, logDestination);
  startTracing(readConfig(TracingConfig, env));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forEnvironment(env),
    createHttpAdapter(http, logger),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  app.setGlobalPrefix('api/v1', { exclude: ['health/live', 'health/ready', 'health/startup'] });
  traceRequests(app.getHttpAdapter().getInstance());
  if (isTracing()) app.useGlobalInterceptors(new HandlerSpansInterceptor());
  app.get(HttpMetrics).install(app.getHttpAdapter().getInstance());
  app.get(Draining).install(app.getHttpAdapter().getInstance());
  logRequests(app, logging);
  const limits = app.get(RequestLimits);
  await prepareHttpServer(app, http, (request, reply) => limits.admitAddress(request, reply));
  app.get(LargeBodyGate).install(app.getHttpAdapter().getInstance());
  serveOpenApi(app);
  await app.init();
  return app;
}
