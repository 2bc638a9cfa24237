import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const acceptable = /^[\w.:-]{1,128}$/;

/** The caller's `X-Request-Id` when it is short and harmless, else one of ours. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const offered = request.headers['x-request-id'];
  return typeof offered === 'string' && acceptable.test(offered) ? offered : randomUUID();
}

const wellFormedTraceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's W3C `traceparent` when it is well-formed. */
export function traceparentOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const offered = request.headers['traceparent'];
  return typeof offered === 'string' && wellFormedTraceparent.test(offered) ? offered : undefined;
}
