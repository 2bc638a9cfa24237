/**
 * Why a text may not enter the system, or undefined when it may. Postgres cannot store NUL, and a lone surrogate would
 * silently come back as U+FFFD.
 */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the NUL character';
  if (!text.isWellFormed()) return 'must be well-formed Unicode (it contains a lone surrogate)';
  return undefined;
}
