import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Client } from 'undici';
import { ACCEPT_ENCODING, ENCODING_SPARE_BYTES } from './answer-body';
import { OutboundFailure, type FailureReason } from './outbound.errors';
import type { OutboundRequest } from './outbound-request';

const MOST_HEADER_BYTES = 32 * 1024;

/** An answer whose headers have come. */
export interface RawAnswer {
  readonly status: number;
  /** Names in small letters; what came more than once is joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it comes, still encoded. */
  readonly body: Readable;
}

/**
 * Sends one request over a connection and waits for the headers of its answer. The connection is used for nothing else.
 *
 * @throws OutboundFailure bad-header, unreachable, bad-answer, too-large
 */
export async function exchange(url: URL, socket: Socket, request: OutboundRequest): Promise<RawAnswer> {
  const client = new Client(url.origin, {
    // Given at once it would never be used: undici asks for it before it is ready for the answer. Asked again, it must not
    // be told of a SocketError: that is one it asks again for, without end.
    connect: (_options, give) =>
      setImmediate(() => {
        if (socket.destroyed) give(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), null);
        else give(null, socket);
      }),
    // The deadline of the request is above all of them.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
    maxHeaderSize: MOST_HEADER_BYTES,
    maxResponseSize: request.maxBytes + ENCODING_SPARE_BYTES,
  });
  client.once('disconnect', () => void client.destroy());
  try {
    const { statusCode, headers, body } = await client.request({
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      headers: headersOf(request),
      body: request.body ?? null,
      reset: true,
      // Never full: undici 7 dies of an assertion when a connection ends that it has stopped reading from.
      highWaterMark: request.maxBytes + ENCODING_SPARE_BYTES + 1,
    });
    // One that nobody reads fails as well, when its time is over.
    body.on('error', () => undefined);
    return { status: statusCode, headers: joined(headers), body };
  } catch (error) {
    throw exchangeFailure(error, url);
  }
}

/** What went wrong between two ends that were connected. */
export function exchangeFailure(error: unknown, { origin }: URL): OutboundFailure {
  if (error instanceof OutboundFailure) return error;
  const { code = '' } = error as { readonly code?: string };
  const [reason, words] = verdicts[code] ?? ['bad-answer', 'answers in no valid HTTP'];
  return new OutboundFailure(reason, `${origin} ${words}.`);
}

const hungUp = ['unreachable', 'hung up'] as const;
const headersTooLarge = ['too-large', 'answers with headers that are too large'] as const;

/** By codes of undici and Node.js; parsers and decoders have many more. */
const verdicts: Readonly<Record<string, readonly [FailureReason, string]>> = {
  UND_ERR_INVALID_ARG: ['bad-header', 'was not asked: a method or a header cannot be sent'],
  UND_ERR_HEADERS_OVERFLOW: headersTooLarge,
  HPE_HEADER_OVERFLOW: headersTooLarge,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: ['too-large', 'answers with more bytes than it may'],
  UND_ERR_SOCKET: hungUp,
  UND_ERR_DESTROYED: hungUp,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: hungUp,
  ERR_STREAM_PREMATURE_CLOSE: hungUp,
  ECONNRESET: hungUp,
  EPIPE: hungUp,
  ETIMEDOUT: hungUp,
};

function headersOf({ headers = {} }: OutboundRequest): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (own.some(([name]) => name === 'host')) {
    throw new OutboundFailure('bad-header', 'The host is told by the URL, not by a header.');
  }
  return { 'user-agent': 'OpenRisk', 'accept-encoding': ACCEPT_ENCODING, ...Object.fromEntries(own) };
}

function joined(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]);
  return Object.fromEntries(entries) as Record<string, string>;
}
