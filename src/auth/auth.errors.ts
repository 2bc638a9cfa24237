import { DomainError, type FieldProblem } from '../errors/domain-error';

/** An API token was shown where somebody has to have logged in. */
export class SessionRequired extends DomainError {
  readonly status = 403;
  readonly code = 'auth.session-required';
  constructor() {
    super('An API token may not do this: log in.');
  }
}

export class TooManyApiTokens extends DomainError {
  readonly status = 409;
  readonly code = 'auth.too-many-tokens';
  constructor(most: number) {
    super(`You have ${most} API tokens: revoke one first.`);
  }
}

export class EmailTaken extends DomainError {
  readonly status = 409;
  readonly code = 'auth.email-taken';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/email', code: 'taken', message: 'has an account already' },
  ];
  constructor() {
    super('There is an account with this e-mail address already.');
  }
}
