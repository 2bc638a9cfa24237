import { DomainError, type FieldProblem } from '../errors/domain-error';
import type { RiskStatus } from './lifecycle/risk-lifecycle';

/** The lifecycle, or one of its guards, does not let the risk move there; the moves that it may make are listed. */
export class IllegalTransition extends DomainError {
  readonly status = 409;
  readonly code = 'risk.illegal-transition';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(reason: string, allowed: readonly RiskStatus[]) {
    super(reason);
    this.extensions = { allowed };
  }
}

export class DuplicateExternalId extends DomainError {
  readonly status = 409;
  readonly code = 'risk.duplicate-external-id';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/externalId', code: 'unique', message: 'is the external id of another risk, perhaps a deleted one' },
  ];
  constructor(cause: unknown) {
    super('Another risk of the same source has this external id.', { cause });
  }
}

export class NotDeleted extends DomainError {
  readonly status = 409;
  readonly code = 'risk.not-deleted';
  constructor() {
    super('The risk is not deleted: there is nothing to restore.');
  }
}
