import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register } from 'prom-client';

/**
 * Serves the process's metrics on a listener of their own: they stay apart from the API's prefix, guards and clients.
 *
 * @returns the running listener, to be closed by the caller
 * @throws Error EADDRINUSE when the port is taken
 */
export async function listenForMetrics(host: string, port: number): Promise<NestFastifyApplication> {
  const defaultMetricsExist = register.getSingleMetric('process_cpu_seconds_total') !== undefined;
  @Module({ imports: [PrometheusModule.register({ defaultMetrics: { enabled: !defaultMetricsExist } })] })
  class MetricsListenerModule {}
  const listener = await NestFactory.create<NestFastifyApplication>(
    MetricsListenerModule,
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  await listener.listen(port, host);
  return listener;
}
