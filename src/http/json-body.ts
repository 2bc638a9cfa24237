import { UnprocessableBody, BadRequest } from '../errors/http.errors';
import { nameProblem, textProblem } from './text-safety';

const maxDepth = 20;
/** Of one object or list: checking them costs more than their length. */
const maxMembers = 1000;

/**
 * Parses a JSON body and refuses, with a pointer to the place, what JSON allows and the system does not: depth over 20,
 * numbers that a double does not hold, NUL, lone surrogates, names that reach for prototypes, and names given twice.
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
  const members = inspect(body, '', 0);
  if (members !== membersIn(text)) refuse('', 'duplicate-name', 'must not give a name twice in one object');
  return body;
}

/** How often a member begins in the text: at every colon outside of strings. Parsing keeps the last of equal names. */
function membersIn(text: string): number {
  let colons = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (letter === '"') inString = !inString;
    else if (inString && letter === '\\') index++;
    else if (!inString && letter === ':') colons++;
  }
  return colons;
}

/** @returns how many members all objects in the value have */
function inspect(value: unknown, pointer: string, depth: number): number {
  let members = 0;
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem) refuse(pointer, 'unsafe-text', problem);
  } else if (typeof value === 'number') {
    const isHeld = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (!isHeld) refuse(pointer, 'number-range', 'must be a number that a double holds without loss');
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= maxDepth) refuse(pointer, 'max-depth', `must not be nested deeper than ${maxDepth} levels`);
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (size > maxMembers) refuse(pointer, 'max-members', `must not have more than ${maxMembers} members`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) members += inspect(item, `${pointer}/${index}`, depth + 1);
    } else {
      const entries = Object.entries(value);
      members += entries.length;
      for (const [key, item] of entries) {
        const problem = nameProblem(key);
        if (problem) refuse(`${pointer}/`, 'unsafe-name', problem);
        members += inspect(item, `${pointer}/${escapeToken(key)}`, depth + 1);
      }
    }
  }
  return members;
}

function refuse(pointer: string, code: string, message: string): never {
  throw new UnprocessableBody(`The body cannot be accepted: ${pointer || 'it'} ${message}.`, [
    { pointer, code, message },
  ]);
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
