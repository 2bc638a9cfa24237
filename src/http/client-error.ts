import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadRequest } from '../errors/http.errors';
import { problemOf } from '../errors/problem';

interface ConnectionError extends Error {
  readonly code?: string;
}

const statusByCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What helmet and our hooks set on every other answer, as far as it matters to a problem. */
const problemHeaders = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'private, no-cache',
  'x-content-type-options': 'nosniff',
};

/** Answers what never became a request (broken request line, oversized or slow headers), and closes the connection. */
export function answerClientError(error: ConnectionError, socket: Duplex): void {
  if (error.code === 'ECONNRESET') socket.destroy(error);
  else answerOnSocket(socket, { statusCode: statusByCode[error.code ?? ''] ?? 400 });
}

/** Answers past the HTTP server, where it hands out nothing but the connection, and closes it. */
export function answerOnSocket(socket: Duplex, error: unknown, path = ''): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { problem, headers } = problemOf(error, path, randomUUID());
  const body = JSON.stringify(problem);
  const lines = Object.entries({
    ...problemHeaders,
    ...headers,
    'x-request-id': problem.requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`);
}

/** Answers what the router refused before any hook ran: a URL that cannot be decoded, a parameter that is too long. */
export function answerRouterError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const isBadUrl = 'code' in error && error.code === 'FST_ERR_BAD_URL';
  const { problem } = problemOf(isBadUrl ? new BadRequest('The URL is not valid.') : error, '', request.id);
  void reply
    .status(problem.status)
    .headers({ ...problemHeaders, 'x-request-id': request.id })
    .send(JSON.stringify(problem));
}
