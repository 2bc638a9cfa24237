import { commonWords, keyboardRows } from './common-passwords';

/** How letters of common words are commonly hidden. */
const disguises: Readonly<Record<string, string>> = {
  ...{ a: '[a4@]', b: '[b8]', e: '[e3€]', g: '[g9]', i: '[i1!|]', l: '[l1|]' },
  ...{ o: '[o0]', s: '[s5$]', t: '[t7+]', z: '[z2]' },
};

/** What has to be left of a password when everything that can be guessed is taken away. */
const LEFT = 6;
const SHORTEST_WALK = 3;

export interface PasswordProblem {
  readonly code: 'min-length' | 'guessable';
  readonly message: string;
}

/** Passwords are compared as people type them, whichever keyboard composes the letters. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why a password cannot be taken. Its length counts, and that it is not among the first that are tried; which kinds of
 * characters it has does not.
 *
 * @param minLength in characters
 * @param context what others know of its owner: name, e-mail address, tenant
 */
export function passwordProblem(
  password: string,
  minLength: number,
  context: readonly string[] = [],
): PasswordProblem | undefined {
  const normal = normalPassword(password);
  if ([...normal].length < minLength) {
    return { code: 'min-length', message: `must have at least ${minLength} characters` };
  }
  if (isRepetition(normal.toLowerCase()) || isMadeOfKnownWords(normal.toLowerCase(), context)) {
    return { code: 'guessable', message: 'is too easy to guess: take a longer one, or several unrelated words' };
  }
  return undefined;
}

/** A part of at most half its length, over and over. */
function isRepetition(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period++) {
    if (
      text ===
      text
        .slice(0, period)
        .repeat(Math.ceil(text.length / period))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

function isMadeOfKnownWords(text: string, context: readonly string[]): boolean {
  const known = wordsPattern([...commonWords, 'openrisk', ...context.flatMap(wordsIn)]);
  const left = withoutWalks(text.replaceAll(known, ''))
    .replaceAll(/(19|20)\d\d/g, '')
    .replaceAll(/(.)\1{2,}/g, '');
  return left !== text && left.length < LEFT;
}

function wordsIn(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((word) => word.length >= 3);
}

/** Longer ones first, so that what contains another one goes as a whole. */
function wordsPattern(words: readonly string[]): RegExp {
  const sorted = [...new Set(words)].sort((one, other) => other.length - one.length);
  const patterns = sorted.map((word) => [...word].map((letter) => disguises[letter] ?? letter).join(''));
  return new RegExp(patterns.join('|'), 'gu');
}

/** Takes away what runs along a row of keys, or of letters. */
function withoutWalks(text: string): string {
  let left = '';
  for (let start = 0; start < text.length;) {
    const length = walkAt(text, start);
    if (length === 0) left += text[start++] ?? '';
    else start += length;
  }
  return left;
}

function walkAt(text: string, start: number): number {
  for (let length = text.length - start; length >= SHORTEST_WALK; length--) {
    const part = text.slice(start, start + length);
    if (walks.some((row) => row.includes(part))) return length;
  }
  return 0;
}

const walks = keyboardRows.flatMap((row) => [row, [...row].reverse().join('')]);
