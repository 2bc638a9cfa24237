import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as pause } from 'node:timers/promises';
import { CacheHealthReader } from './cache/cache-health.reader';
import type { Environment } from './config/read-config';
import { createApp } from './create-app';
import { Draining } from './http/draining';
import { HttpConfig } from './http/http.config';
import { listenForMetrics } from './metrics/metrics-listener';
import { MetricsConfig } from './metrics/metrics.config';
import { stopTracing } from './tracing/start-tracing';

/** A running OpenRisk. */
export interface Served {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:3000`, without a slash at its end. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Turns balancers away for the grace period, lets running requests end within the shutdown timeout, and closes everything. */
  close(): Promise<void>;
}

const CACHE_WAIT_MS = 2000;
const CACHE_LOOK_MS = 5;

/** A port that somebody else has: one line for the operator. */
export class PortTaken extends Error {
  constructor(variable: string, port: number, host: string) {
    super(`Port ${port} on ${host} is taken: stop what uses it, or set ${variable} to another one.`);
    this.name = 'PortTaken';
  }
}

/**
 * Boots the application and listens, for the API and for the metrics.
 *
 * @throws InvalidConfiguration, PortTaken, or what kept the database from being used
 */
export async function serve(env: Environment): Promise<Served> {
  const app = await createApp(env);
  const { host, port, shutdownGraceMs, shutdownTimeoutMs } = app.get(HttpConfig);
  const metricsPort = app.get(MetricsConfig).port;
  let metrics: NestFastifyApplication | undefined;
  const close = async (): Promise<void> => {
    await within(shutdownTimeoutMs, app.close());
    await metrics?.close();
    await stopTracing();
  };
  const drainAndClose = async (): Promise<void> => {
    app.get(Draining).begin();
    await pause(shutdownGraceMs);
    await close();
  };
  try {
    metrics = await listenForMetrics(host, metricsPort).catch((error: unknown) => {
      throw told(error, 'METRICS_PORT', metricsPort, host);
    });
    await untilCacheIsReached(app.get(CacheHealthReader));
    await app.listen(port, host).catch((error: unknown) => {
      throw told(error, 'PORT', port, host);
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { app, url: urlOf(app, host), metricsUrl: `${urlOf(metrics, host)}/metrics`, close: drainAndClose };
}

function told(error: unknown, variable: string, port: number, host: string): unknown {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return taken ? new PortTaken(variable, port, host) : error;
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const [address] = app.getHttpAdapter().getInstance().addresses();
  if (typeof address !== 'object') throw new Error('The server listens on no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/**
 * A process that is not connected to Redis yet defers its evictions, and the others would go on serving what it has
 * changed. It boots without Redis, too, and so does not wait for long.
 */
async function untilCacheIsReached(cache: CacheHealthReader): Promise<void> {
  const giveUpAt = performance.now() + CACHE_WAIT_MS;
  while (cache.cacheHealth().breaker !== 'closed' && performance.now() < giveUpAt) await pause(CACHE_LOOK_MS);
}

/** A client that never ends its request must not keep the process. */
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
