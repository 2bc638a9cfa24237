/**
 * Why a text may not enter the system, or undefined when it may. Postgres cannot store NUL, and a lone surrogate would
 * silently come back as U+FFFD.
 */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the NUL character';
  if (!text.isWellFormed()) return 'must be well-formed Unicode (it contains a lone surrogate)';
  return undefined;
}

/** The same for the name of a field: also none that every object has anyhow, as it would be overlooked or do harm. */
export function nameProblem(name: string): string | undefined {
  return name in Object.prototype || name === 'prototype' ? 'is not allowed as a name' : textProblem(name);
}
