import { DomainError, type FieldProblem } from '../errors/domain-error';

export class AlreadyMember extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.already-member';
  constructor() {
    super('Somebody with this e-mail address is a member of this tenant already.');
  }
}

/** Nobody else sets the password of an account: its owner joins by an invitation. */
export class AccountExists extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.account-exists';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/email', code: 'account-exists', message: 'has an account already: invite it' },
  ];
  constructor() {
    super('This e-mail address has an account already: invite it instead.');
  }
}

/** Who answers for the tenant stays in it. */
export class OwnsTenant extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.owns-tenant';
  constructor() {
    super('This member owns the tenant: make somebody else its owner first.');
  }
}
