import type { FieldProblem } from '../../errors/domain-error';
import { UnprocessableBody } from '../../errors/http.errors';
import { grantText, scopesOf, type Grant, type Grants } from '../permission';

/**
 * @param pointerTo where in the body a grant is
 * @throws UnprocessableBody 422 for a permission that is named twice, and for a scope that it cannot have
 */
export function readGrants(given: readonly Grant[], pointerTo = (index: number) => `/grants/${index}`): Grants {
  const problems = given.flatMap((grant, index) => problemsOf(grant, pointerTo(index), given.slice(0, index)));
  if (problems.length > 0) throw new UnprocessableBody('These permissions cannot be granted.', problems);
  return new Map(given.map(({ permission, scope }) => [permission, scope]));
}

/** As a role stores them: in one order, so that equal grants are equal texts. */
export function storedGrants(grants: Grants): string[] {
  return [...grants].map(([permission, scope]) => grantText({ permission, scope })).sort();
}

function problemsOf({ permission, scope }: Grant, pointer: string, before: readonly Grant[]): FieldProblem[] {
  const scopes = scopesOf(permission);
  if (!scopes.includes(scope)) {
    return [{ pointer: `${pointer}/scope`, code: 'scope', message: `must be ${scopes.join(' or ')}` }];
  }
  return before.some((other) => other.permission === permission)
    ? [{ pointer: `${pointer}/permission`, code: 'duplicate', message: 'is named twice' }]
    : [];
}
