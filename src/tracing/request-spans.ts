import type { FastifyInstance, FastifyRequest } from 'fastify';
import { traceparentOf } from '../http/request-id';
import { beginSpan, isTracing, type RunningSpan, type SpanAttributes } from './tracer';

const spanKey = Symbol('span');

interface WithSpan {
  [spanKey]?: RunningSpan;
}

/** Makes every request a trace, or a part of its caller's. To be called before other hooks, whose work belongs to it. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTracing()) return;
  server.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = routeOf(request);
    // Asked every few seconds by balancers, and of no interest.
    if (route?.startsWith('/health/')) return done();
    const span = beginSpan(
      {
        name: route === undefined ? method : `${method} ${route}`,
        kind: 'server',
        attributes: { 'http.request.method': method, ...(route === undefined ? {} : { 'http.route': route }) },
      },
      { traceparent: traceparentOf(request.raw) },
    );
    (request as WithSpan)[spanKey] = span;
    if (span) span.run(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const cache = reply.getHeader('x-cache');
    const attributes: SpanAttributes = {
      'http.response.status_code': reply.statusCode,
      ...(typeof cache === 'string' ? { 'openrisk.cache': cache } : {}),
    };
    (request as WithSpan)[spanKey]?.end(reply.statusCode >= 500 ? String(reply.statusCode) : undefined, attributes);
    done();
  });
}

function routeOf(request: FastifyRequest): string | undefined {
  return request.is404 ? undefined : request.routeOptions.url;
}
