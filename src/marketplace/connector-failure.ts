import { DomainError } from '../errors/domain-error';

/** Why a connector cannot go on: for a person, without anything secret. */
export class ConnectorFailure extends DomainError {
  readonly status = 502;
  readonly code = 'marketplace.connector-failure';
}
