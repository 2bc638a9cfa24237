import { DomainError, type FieldProblem } from '../../errors/domain-error';

export class SlugTaken extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.slug-taken';
  override readonly errors: readonly FieldProblem[];
  constructor(cause: unknown, pointer = '/slug') {
    super('Another tenant has this slug.', { cause });
    this.errors = [{ pointer, code: 'unique', message: 'is the slug of another tenant' }];
  }
}

/** The tenant is not in the state that the change starts from. */
export class WrongTenantStatus extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.wrong-tenant-status';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(status: string) {
    super(`The tenant is ${status}.`);
    this.extensions = { tenantStatus: status };
  }
}

export class TenantCreationOff extends DomainError {
  readonly status = 403;
  readonly code = 'rbac.tenant-creation-off';
  constructor() {
    super('New tenants are made by the operator of this installation.');
  }
}
