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
