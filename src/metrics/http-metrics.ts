import { Injectable } from '@nestjs/common';
import { InjectMetric, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyInstance } from 'fastify';
import type { Histogram } from 'prom-client';

const name = 'http_server_request_duration_seconds';

export const httpDurationProvider = makeHistogramProvider({
  name,
  help: 'Duration of HTTP requests, from the first byte read to the last byte written.',
  labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
});

/** Counts where every response passes, also those that no handler saw: 401, 404, a body that does not parse. */
@Injectable()
export class HttpMetrics {
  private readonly bound = new Map<string, Histogram.Internal<string>>();

  constructor(@InjectMetric(name) private readonly duration: Histogram) {}

  install(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
      this.of(request.method, route, reply.statusCode).observe(reply.elapsedTime / 1000);
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
