import type { FastifyReply, FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { cacheOutcomeOf, type CacheOutcome } from './cache-status';
import { isUnchanged } from './conditional';
import { makeRepresentation, rememberedRepresentation } from './representation';

/**
 * Turns the value a handler returned into bytes: those the cache holds, or fresh ones; with ETag and cache headers, and
 * 304 when the client has them already.
 */
export function answerWithRepresentation(request: FastifyRequest, reply: FastifyReply, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || reply.statusCode >= 300) return value;
  const representation = rememberedRepresentation(value) ?? makeRepresentation(value);
  const outcome = cacheOutcomeOf(currentContext(), value);
  if (outcome) reply.header('cache-status', cacheStatusOf(outcome)).header('x-cache', outcome.status.toUpperCase());
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead || representation.etag.startsWith('"v')) reply.header('etag', representation.etag);
  reply.header('content-type', 'application/json; charset=utf-8');
  if (isRead && isUnchanged(request.headers['if-none-match'], representation.etag)) {
    reply.code(304);
    return Buffer.alloc(0);
  }
  return representation.bytes;
}

/** RFC 9211. */
function cacheStatusOf({ status, ttlSeconds }: CacheOutcome): string {
  if (status === 'hit') return `openrisk; hit; ttl=${ttlSeconds ?? 0}`;
  if (status === 'stale') return `openrisk; hit; ttl=${Math.min(0, ttlSeconds ?? 0)}; detail=stale`;
  return `openrisk; fwd=${status}${status === 'miss' && ttlSeconds !== undefined ? '; stored' : ''}`;
}
