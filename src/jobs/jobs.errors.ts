import { DomainError } from '../errors/domain-error';

export class JobFinished extends DomainError {
  readonly status = 409;
  readonly code = 'jobs.finished';
  constructor(status: string) {
    super(`The job is over: ${status}.`);
  }
}
