import type { FieldProblem } from '../errors/domain-error';

/** Residual and target ratings come in pairs. @returns what is wrong when one of them is missing */
export function pairProblem(
  kind: 'residual' | 'target',
  probability: number | null | undefined,
  impact: number | null | undefined,
): FieldProblem | undefined {
  const missing = [probability, impact].map((rating) => rating === null || rating === undefined);
  if (missing[0] === missing[1]) return undefined;
  const pointer = missing[0] ? `/${kind}Probability` : `/${kind}Impact`;
  return { pointer, code: 'required', message: `is missing: the ${kind} ratings come together or not at all` };
}
