import { ForbiddenException, HttpException } from '@nestjs/common';
import { DomainError } from './domain-error';
import { BadRequest, NotFound, StaleVersion, Unauthenticated, Unavailable } from './http.errors';
import { problemOf } from './problem';

class Refused extends DomainError {
  readonly status = 409;
  readonly code = 'room.refused';
  override readonly logLevel = 'info';
  override readonly headers = { 'x-a': 'b' };
  override readonly extensions = { allowed: ['CLOSED'] };
}

describe('a problem', () => {
  it('tells everything of an error that may be told', () => {
    expect(problemOf(new Refused('Not now.'), '/api/v1/risks', 'r-1')).toEqual({
      problem: {
        type: 'urn:openrisk:problem:room.refused',
        title: 'Conflict',
        status: 409,
        detail: 'Not now.',
        instance: '/api/v1/risks',
        code: 'room.refused',
        requestId: 'r-1',
        allowed: ['CLOSED'],
      },
      headers: { 'x-a': 'b' },
      logLevel: 'info',
    });
  });

  it.each<[DomainError, number, object]>([
    [new StaleVersion(4), 412, { etag: '"v4"' }],
    [new Unauthenticated(), 401, { 'www-authenticate': 'Bearer realm="openrisk"' }],
    [new Unavailable('Later.'), 503, { 'retry-after': '1' }],
    [new NotFound('risk'), 404, {}],
  ])('has the headers of its error: %s', (error, status, headers) => {
    expect(problemOf(error, '', 'r')).toMatchObject({ problem: { status }, headers });
  });

  it.each([
    [new Error('password authentication failed for user "openrisk"')],
    [Object.assign(new Error('duplicate key value violates "risks_pkey"'), { code: '23505', query: 'INSERT' })],
    [Object.assign(new Error('x'), { statusCode: 302 })],
    [Object.assign(new Error('x'), { statusCode: '400' })],
    [Object.assign(new Error('secret'), { statusCode: 503 })],
    ['thrown text'],
    [undefined],
    [null],
    [{ message: 'secret' }],
  ])('of what is not ours to tell is a plain 500: %s', (error) => {
    const { problem, headers, logLevel } = problemOf(error, '/x', 'r-2');
    expect(problem).toEqual({
      type: 'urn:openrisk:problem:service.internal-error',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong on our side. Quote the request id when you report it.',
      instance: '/x',
      code: 'service.internal-error',
      requestId: 'r-2',
    });
    expect({ headers, logLevel }).toEqual({ headers: {}, logLevel: 'error' });
  });

  it.each([
    [400, 'request.malformed'],
    [404, 'resource.not-found'],
    [408, 'request.timeout'],
    [413, 'request.too-large'],
    [414, 'request.uri-too-long'],
    [415, 'request.unsupported-media-type'],
    [431, 'request.headers-too-large'],
    [418, 'http.418'],
  ])('of the HTTP server with status %d is %s, in our words', (statusCode, code) => {
    for (const error of [
      Object.assign(new Error('FST_SECRET'), { statusCode }),
      new HttpException('SECRET', statusCode),
    ]) {
      const { problem } = problemOf(error, '', 'r');
      expect(problem).toMatchObject({ status: statusCode, code });
      expect(JSON.stringify(problem)).not.toContain('SECRET');
    }
  });

  it("does not repeat Nest's words", () => {
    expect(problemOf(new ForbiddenException('Forbidden resource'), '', 'r').problem.detail).toBe('Forbidden');
  });

  it('stays small, however much of the request it quotes', () => {
    const long = 'a'.repeat(100_000);
    const errors = Array.from({ length: 2000 }, () => ({ pointer: long, code: 'c', message: long }));
    const { problem } = problemOf(new BadRequest(long, errors), long, 'r');
    expect(problem.errors).toHaveLength(1000);
    expect(problem.errors?.[0]).toEqual({ pointer: 'a'.repeat(500), code: 'c', message: 'a'.repeat(500) });
    expect([problem.detail.length, problem.instance.length]).toEqual([2000, 2000]);
  });
});
