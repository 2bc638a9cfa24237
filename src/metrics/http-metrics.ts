import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyInstance } from 'fastify';
import type { Counter, Histogram } from 'prom-client';

const durationName = 'http_server_request_duration_seconds';
const responsesName = 'openrisk_http_responses_total';
const STATUS_CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;

export const httpMetricProviders = [
  makeHistogramProvider({
    name: durationName,
    help: 'Duration of HTTP requests, from the first byte read to the last byte written.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  }),
  makeCounterProvider({
    name: responsesName,
    help: 'HTTP responses by the class of their status, but for the answers to probes of /health.',
    labelNames: ['status_class'],
  }),
];

/** Counts where every response passes, also those that no handler saw: 401, 404, a body that does not parse. */
@Injectable()
export class HttpMetrics {
  private readonly bound = new Map<string, Histogram.Internal<string>>();

  constructor(
    @InjectMetric(durationName) private readonly duration: Histogram,
    @InjectMetric(responsesName) private readonly responses: Counter,
  ) {
    // The histogram cannot have each route's errors from the beginning, and the first of each is invisible to rate().
    for (const status_class of STATUS_CLASSES) responses.inc({ status_class }, 0);
  }

  install(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
      this.of(request.method, route, reply.statusCode).observe(reply.elapsedTime / 1000);
      if (!route.startsWith('/health/'))
        this.responses.inc({ status_class: `${Math.floor(reply.statusCode / 100)}xx` });
      done();
    });
  }

  /** Label sets are looked up once: a hash of three labels for every request costs more than the observation. */
  private of(method: string, route: string, status: number): Histogram.Internal<string> {
    const key = `${method} ${route} ${status}`;
    const known = this.bound.get(key);
    if (known) return known;
    const fresh = this.duration.labels(method, route, String(status));
    this.bound.set(key, fresh);
    return fresh;
  }
}
