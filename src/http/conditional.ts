import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { BadRequest, PreconditionRequired, StaleVersion } from '../errors/http.errors';

/** The versions a change may be based on: those named in `If-Match`, or any for `*`. */
export type ExpectedVersion = readonly number[] | 'any';

const ifMatchHeader = ApiHeader({
  name: 'If-Match',
  required: true,
  description: 'The ETag of the version that this change is based on; * for whatever is there.',
  schema: { type: 'string', example: '*' },
});

/**
 * The versions named in `If-Match`. Weak tags and tags of another form match nothing, as RFC 9110 asks.
 *
 * @throws PreconditionRequired 428 without the header, BadRequest 400 when it is not a list of entity tags
 */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): ExpectedVersion =>
    parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [
    (controller, method) => {
      const descriptor = method && Object.getOwnPropertyDescriptor(controller, method);
      if (descriptor) ifMatchHeader(controller, method, descriptor);
    },
  ],
);

const tagList = /^(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*$/;

export function parseIfMatch(header: string | undefined): ExpectedVersion {
  const text = header?.trim();
  if (!text) throw new PreconditionRequired();
  if (text === '*') return 'any';
  if (text.length > 1000 || !tagList.test(text)) {
    throw new BadRequest('If-Match is not a list of entity tags.', [
      { pointer: 'If-Match', code: 'entity-tag', message: 'must be entity tags such as "v3-abc", or *' },
    ]);
  }
  return [...text.matchAll(/(?<!W\/)"v(\d{1,9})(?:-[\w-]*)?"/g)].map((match) => Number(match[1]));
}

/** @throws StaleVersion 412 with the current version when the change is based on another one */
export function assertVersion(expected: ExpectedVersion, current: number): void {
  if (expected !== 'any' && !expected.includes(current)) throw new StaleVersion(current);
}

/** Whether `If-None-Match` says that the client has this representation already (weak comparison, RFC 9110). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => {
    const candidate = tag.trim();
    return candidate === '*' || candidate.replace(/^W\//, '') === etag;
  });
}
