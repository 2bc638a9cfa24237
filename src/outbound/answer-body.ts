import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundFailure } from './outbound.errors';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** What an encoded body may be longer than the decoded one: gzip has headers, and not everything gets smaller. */
export const ENCODING_SPARE_BYTES = 64 * 1024;

export interface BodyRules {
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded. */
  readonly maxBytes: number;
  readonly origin: string;
}

/**
 * The body of an answer, decoded piece by piece and never more of it than is allowed.
 *
 * @throws OutboundFailure too-large, bad-answer; what the source and the decoder throw
 */
export async function* decodedBody(source: Readable, { headers, maxBytes, origin }: BodyRules): AsyncGenerator<Buffer> {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const announcedBytes = Number(headers['content-length'] ?? 0);
  if (announcedBytes > maxBytes + ENCODING_SPARE_BYTES) throw tooLarge(origin, maxBytes);
  let bytes = 0;
  for await (const part of decoded(source, encoding, origin) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(origin, maxBytes);
    yield part;
  }
}

export function tooLarge(origin: string, maxBytes: number): OutboundFailure {
  return new OutboundFailure('too-large', `${origin} answers with more than ${maxBytes} bytes.`);
}

function decoded(source: Readable, encoding: string, origin: string): Readable {
  if (encoding === 'identity') return source;
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined;
  if (!decoder) throw new OutboundFailure('bad-answer', `${origin} answers in an encoding that was not asked for.`);
  // An error of either reaches whoever reads.
  return pipeline(source, decoder, () => undefined);
}
