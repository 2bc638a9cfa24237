import { DomainError } from '../../errors/domain-error';

export class NotYourComment extends DomainError {
  readonly status = 403;
  readonly code = 'comment.not-yours';
  constructor() {
    super('Only its author changes a comment.');
  }
}
