import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { BadRequest } from '../errors/http.errors';
import { parseJsonBody } from './json-body';

interface BodyConfig {
  /** Media types that reach the handler as the bytes that were sent. */
  readonly mediaTypes?: readonly string[];
  readonly bodyLimitBytes?: number;
}

/** The route takes a file as its body: the handler receives a Buffer, up to a limit of its own. */
export function FileBody(config: Required<BodyConfig>): MethodDecorator {
  return RouteConfig(config);
}

/** The route takes larger JSON bodies than others. */
export function BodyLimit(bodyLimitBytes: number): MethodDecorator {
  return RouteConfig({ bodyLimitBytes } satisfies BodyConfig);
}

/** Whether the route takes larger bodies than others, so that it matters who sends one. */
export function takesLargeBody({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as BodyConfig).bodyLimitBytes !== undefined;
}

/** JSON, parsed by us with our limits; files, as bytes, on the routes that take them; 415 for the rest. */
export function installBodyParsers(server: FastifyInstance): void {
  server.addHook('onRoute', (route: RouteOptions) => {
    const { bodyLimitBytes } = (route.config ?? {}) as BodyConfig;
    if (bodyLimitBytes !== undefined) route.bodyLimit = bodyLimitBytes;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(/^application\/(merge-patch\+)?json\s*(;|$)/i, { parseAs: 'buffer' }, parseJson);
  server.addContentTypeParser('*', { parseAs: 'buffer' }, parseFile);
}

function parseJson(request: FastifyRequest, body: Buffer): Promise<unknown> {
  if (fileTypesOf(request) || isEncoded(request)) return parseFile(request, body);
  return Promise.resolve().then(() => parseJsonBody(decode(body)));
}

function parseFile(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (fileTypesOf(request)?.includes(mediaType) && !isEncoded(request)) return Promise.resolve(body);
  return Promise.reject(Object.assign(new Error('unsupported media type'), { statusCode: 415 }));
}

/** Compressed bodies are not unpacked: a small one can become any size. */
function isEncoded({ headers }: FastifyRequest): boolean {
  return (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
}

function fileTypesOf(request: FastifyRequest): readonly string[] | undefined {
  return (request.routeOptions.config as BodyConfig).mediaTypes;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new BadRequest('The body is not valid UTF-8.');
  }
}
