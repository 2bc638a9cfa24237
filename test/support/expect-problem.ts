import { STATUS_CODES } from 'node:http';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Problem {
  readonly [member: string]: unknown;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** Traces of what is behind an answer, none of which is the client's business. */
const inner =
  /node_modules|node:internal|\/(src|dist|work|home)\/|\bat \w+[. ].*:\d+|SELECT |INSERT |UPDATE |relation "|constraint|violates|syntax error|postgres|redis|typeorm|fastify|nestjs|pino|class-validator|ECONN|FST_ERR|HPE_/i;

/** Every member that RFC 9457 and we promise, in a small answer that tells nothing of what is inside. */
export function expectProblem({ status, headers, text }: Answer, expected: number): Problem {
  expect({ status, text }).toMatchObject({ status: expected });
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('private, no-cache');
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({
    type: `urn:openrisk:problem:${String(problem['code'])}`,
    title: STATUS_CODES[expected],
    status: expected,
    detail: expect.stringMatching(/^.{5,2000}$/s),
    instance: expect.any(String),
    code: expect.stringMatching(/^[a-z]+(-[a-z]+)*\.[a-z0-9-]+$/),
    requestId: headers.get('x-request-id'),
  });
  for (const { pointer, code, message } of problem.errors ?? []) {
    expect([typeof pointer, typeof code, typeof message]).toEqual(['string', 'string', 'string']);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
  expect(text.length).toBeLessThan(10_000);
  expect(`${String(problem['title'])} ${String(problem['detail'])} ${JSON.stringify(problem.errors)}`).not.toMatch(
    inner,
  );
  return problem;
}
