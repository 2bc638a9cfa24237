import { DomainError } from '../../errors/domain-error';

/** Nobody decides on what they have asked for themselves, whichever of their credentials they come with. */
export class OwnAcceptance extends DomainError {
  readonly status = 403;
  readonly code = 'risk.own-acceptance';
  constructor() {
    super('You have requested this acceptance: somebody else has to decide on it.');
  }
}

export class NotRequester extends DomainError {
  readonly status = 403;
  readonly code = 'risk.not-requester';
  constructor() {
    super('Somebody else has requested this acceptance: it can be rejected, but not withdrawn by you.');
  }
}

export class AcceptanceMissing extends DomainError {
  readonly status = 409;
  readonly code = 'risk.no-acceptance';
  constructor(wanted: 'waits for a decision' | 'is in force') {
    super(`The risk has no acceptance that ${wanted}.`);
  }
}

export class AcceptanceWaits extends DomainError {
  readonly status = 409;
  readonly code = 'risk.acceptance-requested';
  constructor() {
    super('An acceptance of this risk was requested already and waits for a decision.');
  }
}

export class ClosedRisk extends DomainError {
  readonly status = 409;
  readonly code = 'risk.closed';
  constructor() {
    super('The risk is CLOSED: there is nothing to accept.');
  }
}

export class AcceptanceLapsed extends DomainError {
  readonly status = 409;
  readonly code = 'risk.acceptance-lapsed';
  constructor(validUntil: string) {
    super(`The acceptance was requested until ${validUntil}, which has passed: it has to be requested anew.`);
  }
}
