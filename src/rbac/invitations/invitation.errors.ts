import { DomainError } from '../../errors/domain-error';

/** In the same words whatever is wrong with it: unknown, expired, revoked, or used already. */
export class InvitationNotOpen extends DomainError {
  readonly status = 404;
  readonly code = 'rbac.invitation-not-open';
  constructor() {
    super('The invitation does not exist, has expired, or was used already.');
  }
}

export class InvitationIsOpen extends DomainError {
  readonly status = 409;
  readonly code = 'rbac.invitation-open';
  constructor() {
    super('Somebody was invited with this e-mail address already: delete that invitation first.');
  }
}
