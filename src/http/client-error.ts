import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../errors/problem';

interface ConnectionError extends Error {
  readonly code?: string;
}

const told: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'request.headers-too-large', detail: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'request.too-large', detail: 'The body is too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request.timeout', detail: 'The request took too long to arrive.' },
};

/** Answers what never became a request (broken request line, oversized or slow headers), and closes the connection. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, code, detail } = told[error.code ?? ''] ?? {
    status: 400,
    code: 'request.malformed',
    detail: 'The request is not valid HTTP.',
  };
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    type: `urn:openrisk:problem:${code}`,
    title,
    status,
    detail,
    instance: '',
    code,
    requestId: randomUUID(),
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Answers what the router refused before any hook ran: a URL that cannot be decoded, a parameter that is too long. */
export function answerRouterError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { problem } = problemOf(error, '', request.id);
  void reply
    .status(problem.status)
    .headers({ 'x-request-id': request.id, 'cache-control': 'private, no-cache' })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
