import type { FastifyReply } from 'fastify';
import type { RequestContext } from '../context/request-context';
import { secondsLeft, type LimitPolicy, type LimitState } from './limit-policy';

interface Headers {
  readonly reply: FastifyReply;
  policies: string;
  states: string;
}

const headersKey = Symbol('limits of the request');

/** Kept in the context itself: a WeakMap with an entry per request costs the garbage collector five times the rest. */
interface WithHeaders {
  [headersKey]?: Headers;
}

/** From here on, what limits this request is told in the headers of its answer. */
export function tellLimits(context: RequestContext, reply: FastifyReply): void {
  (context as WithHeaders)[headersKey] = { reply, policies: '', states: '' };
}

/**
 * `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-11: Lists of one Item per limit that was
 * asked. Set at once, so that they are there whatever becomes of the request.
 */
export function tellLimit(context: RequestContext, policy: LimitPolicy, state: LimitState): void {
  const headers = (context as WithHeaders)[headersKey];
  if (!headers) return;
  const separator = headers.policies === '' ? '' : ', ';
  const { name, quota, windowSeconds } = policy;
  headers.policies += `${separator}"${name}";q=${quota};w=${windowSeconds}`;
  headers.states += `${separator}"${name}";r=${Math.max(0, quota - state.count)};t=${secondsLeft(state)}`;
  headers.reply.header('ratelimit-policy', headers.policies).header('ratelimit', headers.states);
}
