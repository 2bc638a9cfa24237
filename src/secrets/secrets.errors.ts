import { DomainError } from '../errors/domain-error';

/** It was changed, moved to where it was not sealed for, or its key is not in the key ring. */
export class UnopenedSecret extends DomainError {
  readonly status = 500;
  readonly code = 'secrets.unopened';
  override readonly logLevel = 'error';
  constructor() {
    super('A stored secret cannot be opened. Enter it again.');
  }
}
