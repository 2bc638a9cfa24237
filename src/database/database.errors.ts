import { DomainError } from '../errors/domain-error';
import { Unavailable } from '../errors/http.errors';

/** A unique rule was broken: by a value that is taken. */
export class AlreadyExists extends DomainError {
  readonly status = 409;
  readonly code = 'database.already-exists';
  constructor(cause: unknown) {
    super('Something with the same unique value exists already.', { cause });
  }
}

/** Two changes met in Postgres and this one lost; sent again it may well succeed. */
export class WriteConflict extends DomainError {
  readonly status = 409;
  readonly code = 'database.write-conflict';
  override readonly logLevel = 'warn';
  override readonly headers = { 'retry-after': '1' };
  override readonly extensions = { retryable: true };
  constructor(cause: unknown) {
    super('Another change got in the way. Try again.', { cause });
  }
}

/** Names something that does not exist, or is still needed by something else. */
export class BrokenReference extends DomainError {
  readonly status = 422;
  readonly code = 'database.broken-reference';
  constructor(cause: unknown) {
    super('Something that is referred to does not exist, or something refers to what would go.', { cause });
  }
}

/** A value that Postgres refuses: too long, out of range, malformed. Validation should have caught it. */
export class ValueRefused extends DomainError {
  readonly status = 422;
  readonly code = 'database.value-refused';
  override readonly logLevel = 'warn';
  constructor(cause: unknown) {
    super('A value is missing, too long, malformed or out of range.', { cause });
  }
}

/** The connection broke on the way of COMMIT: the change may be there, or not. */
export class CommitOutcomeUnknown extends Unavailable {
  constructor(cause: unknown) {
    super('The database was lost while the change was being saved: look before you send it again.', { cause });
  }
}

/** No connection, or none that lasted; also a statement that ran too long. */
export class DatabaseUnavailable extends Unavailable {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
