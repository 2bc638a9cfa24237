import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError, type FieldProblem } from './domain-error';

/** RFC 9457 problem document, with our members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path that was asked for, without its query. */
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldProblem[];
  readonly [extension: string]: unknown;
}

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  readonly logLevel: DomainError['logLevel'];
}

/** What is told of errors that were born in the HTTP server or in Nest, by their status. */
const serverErrors: Readonly<Record<number, { code: string; detail: string }>> = {
  400: { code: 'request.malformed', detail: 'The request is not valid HTTP.' },
  404: { code: 'resource.not-found', detail: 'There is no such resource.' },
  408: { code: 'request.timeout', detail: 'The request took too long to arrive.' },
  413: { code: 'request.too-large', detail: 'The body is too large.' },
  414: { code: 'request.uri-too-long', detail: 'A part of the path is too long.' },
  415: {
    code: 'request.unsupported-media-type',
    detail: 'The Content-Type or Content-Encoding of the body is not supported here.',
  },
  431: { code: 'request.headers-too-large', detail: 'The headers are too large.' },
};

/** An answer stays small, whatever it quotes from the request. Characters, and for `errors` items. */
export const PROBLEM_LIMITS = { instance: 2000, detail: 2000, pointer: 500, message: 500, errors: 1000 } as const;

/** Turns anything that was thrown into what the client is told, without a word of what is behind it. */
export function problemOf(error: unknown, instance: string, requestId: string): ProblemAnswer {
  const told = tell(error);
  const problem: Problem = {
    type: `urn:openrisk:problem:${told.code}`,
    title: STATUS_CODES[told.status] ?? 'Error',
    status: told.status,
    detail: told.detail.slice(0, PROBLEM_LIMITS.detail),
    instance: instance.slice(0, PROBLEM_LIMITS.instance),
    code: told.code,
    requestId,
    ...(told.errors ? { errors: told.errors.slice(0, PROBLEM_LIMITS.errors).map(shortened) } : {}),
    ...told.extensions,
  };
  return { problem, headers: told.headers ?? {}, logLevel: told.logLevel };
}

interface Told extends Pick<DomainError, 'errors' | 'extensions' | 'headers' | 'logLevel'> {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

function tell(error: unknown): Told {
  if (error instanceof DomainError) {
    const { status, code, message, errors, extensions, headers, logLevel } = error;
    return { status, code, detail: message, errors, extensions, headers, logLevel };
  }
  const status = statusOf(error);
  if (status >= 400 && status < 500) {
    const known = serverErrors[status] ?? { code: `http.${status}`, detail: STATUS_CODES[status] ?? 'Bad request' };
    return { status, ...known, logLevel: 'debug' };
  }
  return {
    status: 500,
    code: 'service.internal-error',
    detail: 'Something went wrong on our side. Quote the request id when you report it.',
    logLevel: 'error',
  };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const named = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof named === 'number' ? named : 500;
}

function shortened({ pointer, code, message }: FieldProblem): FieldProblem {
  return { pointer: pointer.slice(0, PROBLEM_LIMITS.pointer), code, message: message.slice(0, PROBLEM_LIMITS.message) };
}
