import { Catch, type ArgumentsHost } from '@nestjs/common';
import { DomainError } from '../errors/domain-error';
import { ProblemFilter } from '../errors/problem.filter';
import { AuditLog } from './audit-log';

/** Answers like any error is answered; that somebody was refused (403) is recorded as well, whoever refused it. */
@Catch()
export class DenialFilter extends ProblemFilter {
  constructor(private readonly audit: AuditLog) {
    super();
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    if (error instanceof DomainError && error.status === 403) this.audit.denied(error);
    super.catch(error, host);
  }
}
