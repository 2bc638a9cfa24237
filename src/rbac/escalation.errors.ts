import { DomainError } from '../errors/domain-error';

/** Somebody or something that stands higher than the caller. */
export class AboveOwnLevel extends DomainError {
  readonly status = 403;
  readonly code = 'rbac.above-own-level';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(what: string, level: number, ownLevel: number) {
    super(`${what} is of level ${level}, above your own.`);
    this.extensions = { level, ownLevel };
  }
}

/** Nobody changes what they themselves may do, or whether they are in: somebody else has to. */
export class OwnAccess extends DomainError {
  readonly status = 403;
  readonly code = 'rbac.own-access';
  constructor() {
    super('Nobody changes their own role, status or membership: ask somebody else to.');
  }
}

export class LastAdmin extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.last-admin';
  constructor() {
    super('A tenant keeps at least one active member with the role Admin.');
  }
}

export class PredefinedRole extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.predefined-role';
  constructor() {
    super('Predefined roles cannot be changed or deleted: make one of your own.');
  }
}

export class ReservedRoleName extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.reserved-role-name';
  override readonly errors = [{ pointer: '/name', code: 'reserved', message: 'is the name of a predefined role' }];
  constructor() {
    super('This is the name of a predefined role, or looks the same.');
  }
}
