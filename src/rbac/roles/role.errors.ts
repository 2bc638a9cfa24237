import { DomainError, type FieldProblem } from '../../errors/domain-error';

export class RoleNameTaken extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.role-name-taken';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/name', code: 'unique', message: 'is the name of another role' },
  ];
  constructor(cause: unknown) {
    super('Another role has this name, perhaps in other letters.', { cause });
  }
}

export class RoleInUse extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.role-in-use';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(members: number, invitations: number) {
    super(`${members} members and ${invitations} open invitations have this role.`);
    this.extensions = { members, invitations };
  }
}
