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

/** Errors born in the HTTP server itself, by their code: what the client may be told. */
const serverErrors: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  FST_ERR_BAD_URL: { status: 400, code: 'request.bad-url', detail: 'The URL is not valid.' },
  FST_ERR_ASYNC_CONSTRAINT: { status: 400, code: 'request.bad-url', detail: 'The URL is not valid.' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'request.uri-too-long', detail: 'A part of the path is too long.' },
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'request.too-large', detail: 'The body is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'request.unsupported-media-type',
    detail: 'The Content-Type of the body is not supported here.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'request.content-length',
    detail: 'The body does not have the length that Content-Length names.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'request.malformed-json', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    code: 'request.malformed-json',
    detail: 'The body is not valid JSON.',
  },
};

/** Turns anything that was thrown into what the client is told, without a word of what is behind it. */
export function problemOf(error: unknown, instance: string, requestId: string): ProblemAnswer {
  const told = tell(error);
  const problem: Problem = {
    type: `urn:openrisk:problem:${told.code}`,
    title: STATUS_CODES[told.status] ?? 'Error',
    status: told.status,
    detail: told.detail,
    instance,
    code: told.code,
    requestId,
    ...(told.errors ? { errors: told.errors } : {}),
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
  const known = serverErrors[codeOf(error)];
  if (known) return { ...known, logLevel: 'debug' };
  const status = statusOf(error);
  if (status >= 400 && status < 500) {
    return { status, code: `http.${status}`, detail: STATUS_CODES[status] ?? 'Bad request', logLevel: 'debug' };
  }
  return {
    status: 500,
    code: 'service.internal-error',
    detail: 'Something went wrong on our side. Quote the request id when you report it.',
    logLevel: 'error',
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;
}
