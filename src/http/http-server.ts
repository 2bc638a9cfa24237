import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { runInContext, type RequestContext } from '../context/request-context';
import type { LoggingConfig } from '../logging/logging.config';
import { AllowedMethods } from './allowed-methods';
import { answerWithRepresentation } from './answer.hook';
import { installBodyParsers } from './body-parser';
import { CANONICAL_UUID } from './canonical-uuid';
import { answerClientError, answerOnSocket, answerRouterError } from './client-error';
import type { HttpConfig } from './http.config';
import { requestIdOf, traceparentOf } from './request-id';
import { requestPath } from './request-path';
import { installSecurityHeaders } from './security-headers';
import { endSilentConnections } from './silent-connections';
import { refusalOf } from './strict-request';

/** The HTTP server with its limits; routes come later, from Nest. */
export function createHttpAdapter(config: HttpConfig, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: config.trustProxy?.split(',') ?? false,
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: config.requestTimeoutMs * 2,
    keepAliveTimeout: 72_000,
    http: {
      headersTimeout: Math.min(config.requestTimeoutMs, 15_000),
      connectionsCheckingInterval: 2000,
      // Both so that our answer to such requests is a problem: two values of one header become a list that nothing takes.
      joinDuplicateHeaders: true,
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerRouterError,
  });
}

/** Those of our headers that a browser would keep from the page. */
const exposedHeaders = [
  ...['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  ...['X-Request-Id', 'Cache-Status', 'X-Cache', 'Idempotent-Replayed'],
];

/**
 * Hooks that every request passes, whether or not it finds a route. To be called before the routes are made.
 *
 * @param admit asked first of all; a request is answered with what it throws
 */
export async function prepareHttpServer(
  app: NestFastifyApplication,
  config: HttpConfig,
  admit: (request: FastifyRequest, reply: FastifyReply) => void,
): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const allowedMethods = new AllowedMethods(server);
  installBodyParsers(server);
  endSilentConnections(server);
  await installSecurityHeaders(server);
  if (config.corsOrigins !== undefined) {
    app.enableCors({ origin: config.corsOrigins.split(','), exposedHeaders });
  }
  keepContext(server);
  server.addHook('onRequest', (request, reply, done) => {
    admit(request, reply);
    const refusal = refusalOf(request);
    if (refusal) done(refusal);
    else if (request.is404) done(allowedMethods.errorFor(requestPath(request.url)));
    else done();
  });
  // Node answers both without a word; the first one passes our hooks instead.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  server.server.on('connect', ({ url = '' }, socket) => {
    answerOnSocket(socket, allowedMethods.errorFor(requestPath(url)), requestPath(url));
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
    const vary = reply.getHeader('vary');
    reply.header('vary', vary === undefined ? 'Authorization, Accept' : `${String(vary)}, Authorization, Accept`);
    done(null, payload);
  });
  server.addHook('preSerialization', (request, reply, payload, done) => {
    done(null, answerWithRepresentation(request, reply, payload));
  });
  server.setReplySerializer((payload) => (Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)) as string);
}

const contextKey = Symbol('context');

interface WithContext {
  [contextKey]?: RequestContext;
}

/** Reading the body loses the asynchronous context of the request, so it is entered again behind the body parser. */
function keepContext(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const context: RequestContext = {
      requestId: request.id,
      traceparent: traceparentOf(request),
      // Behind a proxy that is trusted it is whatever text the proxy has sent.
      address: request.ip.slice(0, 64),
      userAgent: request.headers['user-agent']?.slice(0, 300),
      ...placeOf(request),
    };
    (request as WithContext)[contextKey] = context;
    reply.header('x-request-id', request.id);
    if (context.traceparent !== undefined) reply.header('traceparent', context.traceparent);
    runInContext(context, done);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    const context = (request as WithContext)[contextKey];
    if (context) runInContext(context, done);
    else done();
  });
}

/** What the request is about, as far as the router knows. */
function placeOf({ is404, method, routeOptions, params }: FastifyRequest): Pick<RequestContext, 'route' | 'objectId'> {
  if (is404 || routeOptions.url === undefined) return {};
  const { id } = params as { readonly id?: string };
  const known = id !== undefined && CANONICAL_UUID.pattern.test(id);
  return { route: `${method} ${routeOptions.url}`, ...(known ? { objectId: id } : {}) };
}

/** Logs what the operator asked for: nothing, the slow and the failed, or everything. */
export function logRequests(app: NestFastifyApplication, config: LoggingConfig): void {
  if (config.requests === 'none') return;
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onResponse', (request, reply, done) => {
    const durationMs = Math.round(reply.elapsedTime);
    const failed = reply.statusCode >= 500;
    const slow = durationMs >= config.slowRequestMs;
    if (config.requests === 'all' || failed || slow) {
      const fields = {
        method: request.method,
        route: request.routeOptions.url ?? 'unmatched',
        status: reply.statusCode,
        durationMs,
      };
      request.log[failed ? 'error' : slow ? 'warn' : 'info'](fields, slow ? 'slow request' : 'request');
    }
    done();
  });
}
