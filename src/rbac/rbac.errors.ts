import { DomainError } from '../errors/domain-error';
import type { Permission } from './permission';

/** The caller sees the thing but may not do this; the answer names the permission that is missing. */
export class Forbidden extends DomainError {
  readonly status = 403;
  readonly code = 'rbac.forbidden';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(permission: Permission, detail = `This needs the permission ${permission}.`) {
    super(detail);
    this.extensions = { permission };
  }
}

/** The caller has the permission, but only for what they, or their team, own or are assigned to. */
export class OutOfReach extends Forbidden {
  constructor(permission: Permission) {
    super(
      permission,
      `Your permission ${permission} does not reach this: it covers what you, or your team, own or are assigned to.`,
    );
  }
}

export class TenantSuspended extends DomainError {
  readonly status = 403;
  readonly code = 'tenant.suspended';
  constructor() {
    super('The tenant is suspended: an administrator can resume it.');
  }
}

/** Told only to those who can undo it. */
export class TenantDeleted extends DomainError {
  readonly status = 403;
  readonly code = 'tenant.deleted';
  constructor() {
    super('The tenant is deleted: until it is removed for good it can be restored.');
  }
}
