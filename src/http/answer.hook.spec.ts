import type { FastifyReply, FastifyRequest } from 'fastify';
import { runInContext } from '../context/request-context';
import { answerWithRepresentation } from './answer.hook';
import { reportCacheOutcome, type CacheOutcome } from './cache-status';
import { makeRepresentation, rememberRepresentation } from './representation';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly sent: unknown;
}

/** Only what the hook uses of a reply: the whole one is tried over HTTP. */
function answer(
  value: unknown,
  {
    method = 'GET',
    headers = {},
    status = 200,
    outcome,
  }: { method?: string; headers?: object; status?: number; outcome?: CacheOutcome } = {},
): Answer {
  const set: Record<string, string> = {};
  const reply = {
    statusCode: status,
    header: (name: string, text: string) => ((set[name] = text), reply),
    code: (code: number) => ((reply.statusCode = code), reply),
  };
  const sent = runInContext({ requestId: 'test' }, () => {
    if (outcome) reportCacheOutcome(value as object, outcome);
    return answerWithRepresentation(
      { method, headers } as unknown as FastifyRequest,
      reply as unknown as FastifyReply,
      value,
    );
  });
  return { status: reply.statusCode, headers: set, sent: Buffer.isBuffer(sent) ? sent.toString() : sent };
}

describe('an answer', () => {
  const value = { version: 3, title: 'ä' };
  const { etag } = makeRepresentation(value);

  it('is JSON with an ETag that starts with the version', () => {
    const { status, headers, sent } = answer(value);
    expect({ status, sent }).toEqual({ status: 200, sent: JSON.stringify(value) });
    expect(headers).toEqual({ etag, 'content-type': 'application/json; charset=utf-8' });
    expect(etag).toMatch(/^"v3-[\w-]+"$/);
  });

  it('is 304 and empty when the client has it, for reads only', () => {
    const headers = { 'if-none-match': etag };
    expect(answer(value, { headers })).toMatchObject({ status: 304, sent: '' });
    expect(answer(value, { headers, method: 'HEAD' })).toMatchObject({ status: 304 });
    expect(answer(value, { headers, method: 'POST' })).toMatchObject({ status: 200, headers: { etag } });
    expect(answer({ ...value, title: 'b' }, { headers })).toMatchObject({ status: 200 });
  });

  it('has no ETag as the outcome of a change, unless it has a version', () => {
    expect(answer({ a: 1 }, { method: 'POST', status: 201 }).headers['etag']).toBeUndefined();
    expect(answer({ a: 1 }).headers['etag']).toMatch(/^"[\w-]{20}"$/);
  });

  it('sends the bytes that the cache holds for exactly this value', () => {
    const cached = Object.freeze({ a: 1 });
    rememberRepresentation(cached, { bytes: Buffer.from('as cached'), etag: '"as-cached"' });
    expect(answer(cached)).toMatchObject({ sent: 'as cached', headers: { etag: '"as-cached"' } });
    expect(answer({ a: 1 })).toMatchObject({ sent: '{"a":1}' });
  });

  it.each<[CacheOutcome, string, string]>([
    [{ status: 'hit', ttlSeconds: 30 }, 'openrisk; hit; ttl=30', 'HIT'],
    [{ status: 'miss', ttlSeconds: 60 }, 'openrisk; fwd=miss; stored', 'MISS'],
    [{ status: 'miss' }, 'openrisk; fwd=miss', 'MISS'],
    [{ status: 'stale', ttlSeconds: -5 }, 'openrisk; hit; ttl=-5; detail=stale', 'STALE'],
    [{ status: 'bypass' }, 'openrisk; fwd=bypass', 'BYPASS'],
  ])('says how the cache came by it: %j', (outcome, cacheStatus, xCache) => {
    expect(answer({ a: 1 }, { outcome }).headers).toMatchObject({ 'cache-status': cacheStatus, 'x-cache': xCache });
  });

  it('says nothing of a cache whose value it is not', () => {
    const headers = runInContext({ requestId: 'test' }, () => {
      reportCacheOutcome({ other: 1 }, { status: 'hit', ttlSeconds: 1 });
      return answer({ a: 1 }).headers;
    });
    expect(headers['x-cache']).toBeUndefined();
  });

  it.each([['text'], [null], [undefined], [1]])('leaves %j alone', (other) => {
    expect(answer(other)).toEqual({ status: 200, headers: {}, sent: other });
  });
});
