import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Headers = NonNullable<NonNullable<OpenAPIObject['components']>['headers']>;

/** Described once; every answer that has them refers to these. */
export const answerHeaders: Headers = {
  'RateLimit-Policy': {
    description: 'The limits that apply: requests (q) per window of seconds (w)',
    schema: { type: 'string', maxLength: 500 },
    example: '"address";q=60000;w=60, "user";q=30000;w=60, "tenant";q=60000;w=60',
  },
  RateLimit: {
    description: 'What is left of each limit (r), and in how many seconds it starts anew (t)',
    schema: { type: 'string', maxLength: 500 },
    example: '"address";r=59987;t=42, "user";r=29987;t=42, "tenant";r=59874;t=17',
  },
  'Idempotent-Replayed': {
    description: 'There when the request was carried out before, under the same Idempotency-Key',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  'Retry-After': {
    description: 'Seconds after which the same request is let through',
    schema: { type: 'integer', minimum: 1, maximum: 86_400 },
    example: 42,
  },
};

/** Probes are not limited; of everything else each answer says what is left. */
export function documentHeaders(operation: Operation, isLimited: boolean): void {
  if (!isLimited) return;
  const parameters = (operation.parameters ?? []) as { name?: string }[];
  const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key');
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!response || '$ref' in response) continue;
    const replays = isIdempotent && status.startsWith('2');
    const names = [
      ...['RateLimit-Policy', 'RateLimit'],
      ...(status === '429' ? ['Retry-After'] : []),
      ...(replays ? ['Idempotent-Replayed'] : []),
    ];
    const references = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    response.headers = { ...response.headers, ...(Object.fromEntries(references) as Headers) };
  }
}
