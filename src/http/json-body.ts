import { UnprocessableBody, BadRequest } from '../errors/http.errors';
import { textProblem } from './text-safety';

const maxDepth = 20;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a JSON body and refuses, with a pointer to the place, what JSON allows and the system does not: depth over 20,
 * numbers beyond a double, NUL, lone surrogates and keys that reach for prototypes.
 *
 * @throws BadRequest 400 when it is not JSON, UnprocessableBody 422 for the rest
 */
export function parseJsonBody(text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest(text.trim() === '' ? 'The body is empty; JSON was expected.' : 'The body is not valid JSON.');
  }
  inspect(body, '', 0);
  return body;
}

function inspect(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem) refuse(pointer, 'unsafe-text', problem);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(pointer, 'number-range', 'must be a number within the range of a double');
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= maxDepth) refuse(pointer, 'max-depth', `must not be nested deeper than ${maxDepth} levels`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) inspect(item, `${pointer}/${index}`, depth + 1);
    } else {
      for (const [key, item] of Object.entries(value)) {
        const problem = forbiddenKeys.has(key) ? 'is not allowed as a name' : textProblem(key);
        if (problem) refuse(`${pointer}/`, 'unsafe-name', problem);
        inspect(item, `${pointer}/${escapeToken(key)}`, depth + 1);
      }
    }
  }
}

function refuse(pointer: string, code: string, message: string): never {
  throw new UnprocessableBody(`The body cannot be accepted: ${pointer || 'it'} ${message}.`, [
    { pointer, code, message },
  ]);
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
