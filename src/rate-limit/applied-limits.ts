import type { FastifyReply } from 'fastify';
import type { RequestContext } from '../context/request-context';
import { secondsLeft, type LimitPolicy, type LimitState } from './limit-policy';

interface Headers {
  readonly reply: FastifyReply;
  policies: string;
  states: string;
}

const headersOf = new WeakMap<RequestContext, Headers>();

/** From here on, what limits this request is told in the headers of its answer. */
export function tellLimits(context: RequestContext, reply: FastifyReply): void {
  headersOf.set(context, { reply, policies: '', states: '' });
}

/**
 * `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-11: Lists of one Item per limit that was
 * asked. Set at once, so that they are there whatever becomes of the request.
 */
export function tellLimit(context: RequestContext, policy: LimitPolicy, state: LimitState): void {
  const headers = headersOf.get(context);
  if (!headers) return;
  const separator = headers.policies === '' ? '' : ', ';
  const { name, quota, windowSeconds } = policy;
  headers.policies += `${separator}"${name}";q=${quota};w=${windowSeconds}`;
  headers.states += `${separator}"${name}";r=${Math.max(0, quota - state.count)};t=${secondsLeft(state)}`;
  headers.reply.header('ratelimit-policy', headers.policies).header('ratelimit', headers.states);
}
