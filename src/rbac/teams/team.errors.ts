import { DomainError, type FieldProblem } from '../../errors/domain-error';

export class TeamNameTaken extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.team-name-taken';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/name', code: 'unique', message: 'is the name of another team' },
  ];
  constructor(cause: unknown) {
    super('Another team has this name, perhaps in other letters.', { cause });
  }
}
