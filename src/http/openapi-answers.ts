import { STATUS_CODES } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_LIMITS } from '../errors/problem';
import { exampleOf } from './openapi-example';
import { answerHeaders, documentHeaders } from './openapi-headers';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', maxLength: 200, description: 'URN of the kind of problem' },
    title: { type: 'string', maxLength: 100 },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', maxLength: PROBLEM_LIMITS.detail, description: 'What went wrong, for people' },
    instance: { type: 'string', maxLength: PROBLEM_LIMITS.instance, description: 'The path that was asked for' },
    code: { type: 'string', maxLength: 100, description: 'Stable code, for programs' },
    requestId: { type: 'string', maxLength: 128, description: 'The same as in the log' },
    errors: {
      type: 'array',
      maxItems: PROBLEM_LIMITS.errors,
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: {
          pointer: {
            type: 'string',
            maxLength: PROBLEM_LIMITS.pointer,
            description: 'JSON pointer, ?parameter or header name',
          },
          code: { type: 'string', maxLength: 100 },
          message: { type: 'string', maxLength: PROBLEM_LIMITS.message },
        },
      },
    },
  },
};

/** Completes every operation alike: the errors it can answer, and an example for each status that has a body. */
export function documentAnswers(document: OpenAPIObject): OpenAPIObject {
  const schemas = (document.components ??= {}).schemas ?? {};
  document.components.schemas = { ...schemas, Problem: problemSchema };
  document.components.headers = answerHeaders;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      addSuccessExample(operation, schemas);
      for (const [status, code] of errorsOf(operation, path, method)) {
        operation.responses[status] = problemResponse(Number(status), code, path);
      }
      documentHeaders(operation, isLimited(path));
      // An empty list says that it is open on purpose.
      operation.security ??= [];
    }
  }
  return document;
}

/** Open to everybody: who calls them says who they are with a password or a token in the body. */
const provesIdentity = /\/auth\/(login|refresh|setup|invitations\/accept)$/;
/** Each is there only sometimes, and meets names that are taken. */
const makesMember = /\/auth\/(register|setup|invitations\/accept)$/;

function errorsOf(operation: Operation, path: string, method: string): [status: string, code: string][] {
  const parameters = (operation.parameters ?? []) as { name: string; in: string }[];
  const has = (place: string): boolean => parameters.some((parameter) => parameter.in === place);
  const secured = operation.security !== undefined;
  const writes = method !== 'get';
  const changes = parameters.some(({ name }) => name === 'If-Match');
  const possible: [boolean, string, string][] = [
    [true, '400', 'request.invalid'],
    [secured || provesIdentity.test(path), '401', 'auth.unauthenticated'],
    [secured, '403', 'rbac.forbidden'],
    [has('path') || makesMember.test(path), '404', 'resource.not-found'],
    [(writes && secured) || makesMember.test(path), '409', 'database.write-conflict'],
    [changes, '412', 'request.stale-version'],
    [writes, '413', 'request.too-large'],
    [writes, '415', 'request.unsupported-media-type'],
    [writes, '422', 'request.invalid-body'],
    [changes, '428', 'request.if-match-required'],
    [isLimited(path), '429', 'rate-limit.exceeded'],
    [true, '500', 'service.internal-error'],
    [true, '503', 'service.unavailable'],
  ];
  return possible.filter(([applies]) => applies).map(([, status, code]) => [status, code]);
}

function isLimited(path: string): boolean {
  return !path.startsWith('/health/');
}

function problemResponse(status: number, code: string, instance: string) {
  const title = STATUS_CODES[status] ?? 'Error';
  const example = {
    type: `urn:openrisk:problem:${code}`,
    title,
    status,
    detail: `${title}.`,
    instance,
    code,
    requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  };
  return {
    description: title,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}

function addSuccessExample(operation: Operation, schemas: Record<string, Schema>): void {
  for (const response of Object.values(operation.responses)) {
    const json = response && 'content' in response ? response.content?.['application/json'] : undefined;
    if (json?.schema && json.example === undefined) json.example = exampleOf(json.schema, schemas);
  }
}
