import { DomainError } from '../errors/domain-error';

export class RequestInProgress extends DomainError {
  readonly status = 409;
  readonly code = 'idempotency.in-progress';
  override readonly headers = { 'retry-after': '1' };
  constructor() {
    super('A request with this Idempotency-Key is still being carried out.');
  }
}

export class KeyReused extends DomainError {
  readonly status = 422;
  readonly code = 'idempotency.key-reused';
  constructor() {
    super('This Idempotency-Key was used for another request.');
  }
}

/** The process ended after COMMIT and before it had stored what it would have answered. */
export class AnswerLost extends DomainError {
  readonly status = 409;
  readonly code = 'idempotency.answer-lost';
  constructor() {
    super('The request with this Idempotency-Key has been carried out, but its answer is lost.');
  }
}
